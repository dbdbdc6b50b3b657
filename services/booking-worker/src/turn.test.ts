import { envelope } from '@boxoffice/testing/envelope';
import { closeShow } from '@boxoffice/testing/show-gate';
import { describe, expect, it } from 'vitest';
import { idOf, statuses, taken, useTurnDatabase } from '../test/turn-database.ts';

const database = useTurnDatabase();

describe('a turn', () => {
  it('sells a seat to the first of fifty simultaneous requests, each in its own envelope', async () => {
    const show = await database.addShow();
    const turns = database.newTurns();
    const buyers = Array.from({ length: 50 }, (_, user) => envelope(show, [{ seats: ['A1'], user }]));
    const outcomes = (await Promise.all(buyers.map((requests) => turns.decide(requests)))).flat();
    expect(outcomes[0]).toMatchObject({ status: 'succeeded', booking: { seat_number: 'A1' } });
    for (const outcome of outcomes.slice(1)) expect(outcome).toMatchObject(taken('A1'));
    expect(await database.claimsOf(show)).toEqual([{ seat_number: 'A1', booking_id: idOf(buyers[0] ?? []) }]);
  });

  it('books all seats of a request or none, whichever others compete for them', async () => {
    const show = await database.addShow();
    const requests = envelope(show, [
      { seats: ['A2'] },
      { seats: ['A1', 'A2', 'A3'] },
      { seats: ['A3', 'A4'] },
      { seats: ['A5', 'A4', 'A3'] },
      { seats: ['A1', 'A5'] },
    ]);
    const outcomes = await database.newTurns().decide(requests);
    expect(outcomes).toMatchObject([
      { status: 'succeeded' },
      taken('A2'),
      { status: 'succeeded' },
      taken('A4', 'A3'),
      { status: 'succeeded' },
    ]);
    expect((await database.claimsOf(show)).map((claim) => claim.seat_number)).toEqual(['A1', 'A2', 'A3', 'A4', 'A5']);
  });

  it('never oversells a show when workers race without regard to leases', async () => {
    const show = await database.addShow(10);
    const workers = Array.from({ length: 3 }, () => database.newTurns());
    const seats = ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8', 'A9', 'A10'];
    const pairs = Array.from({ length: 60 }, (_, index) => [seats[index % 10] ?? '', seats[(index + 1) % 10] ?? '']);
    const gate = await closeShow(database.admin, show);
    const deciding = pairs.map((pair, index) => workers[index % 3]?.decide(envelope(show, [{ seats: pair }])));
    await gate.reached(3);
    await gate.open();
    const outcomes = await Promise.all(deciding);
    const sold = outcomes.flatMap((one) => (one?.[0]?.status === 'succeeded' ? one[0].booking.seats : []));
    expect(new Set(sold).size).toBe(sold.length);
    expect((await database.claimsOf(show)).map((claim) => claim.seat_number).sort()).toEqual(sold.sort());
  });

  it('gives a seat that a cancellation frees to the very next request', async () => {
    const show = await database.addShow();
    const turns = database.newTurns();
    const first = envelope(show, [{ seats: ['A1'] }]);
    await turns.decide(first);
    const second = envelope(show, [{ seats: ['A1'], user: 2 }, { cancel: idOf(first) }, { seats: ['A1'], user: 3 }]);
    expect(await turns.decide(second)).toMatchObject([taken('A1'), { status: 'succeeded' }, { status: 'succeeded' }]);
    expect(await database.claimsOf(show)).toEqual([{ seat_number: 'A1', booking_id: idOf(second, 2) }]);
  });

  it('cancels for the owner only, and is idempotent', async () => {
    const show = await database.addShow();
    const turns = database.newTurns();
    const booked = envelope(show, [{ seats: ['A1'] }]);
    await turns.decide(booked);
    const id = idOf(booked);
    const [stranger, first, second] = await turns.decide(
      envelope(show, [{ cancel: id, user: 2 }, { cancel: id }, { cancel: id }]),
    );
    expect(stranger).toMatchObject({ status: 'rejected', problem: { code: 'booking_not_found' } });
    expect(first).toMatchObject({ status: 'succeeded', booking: { id, status: 'cancelled' } });
    const [third] = await turns.decide(envelope(show, [{ cancel: id }]));
    for (const again of [second, third])
      expect(again).toMatchObject({ booking: (first as { booking: object }).booking });
  });

  it('repeats the outcomes of a job that another worker runs again, and changes nothing', async () => {
    const show = await database.addShow();
    const before = envelope(show, [{ seats: ['A1', 'A5'] }]);
    await database.newTurns().decide(before);
    const requests = envelope(show, [
      { seats: ['A1'], user: 2 },
      { seats: ['A5'], user: 5 },
      { cancel: idOf(before) },
      { seats: ['A1', 'A2'], user: 3 },
      { seats: ['A2'], user: 4 },
    ]);
    const outcomes = await database.newTurns().decide(requests);
    expect(statuses(outcomes)).toEqual(['rejected', 'rejected', 'succeeded', 'succeeded', 'rejected']);
    const contents = await database.contentsOf(show);
    expect(await database.newTurns().decide(requests)).toEqual(outcomes);
    expect(await database.contentsOf(show)).toEqual(contents);
  });
});
