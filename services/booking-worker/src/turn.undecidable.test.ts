import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { envelope } from '@boxoffice/testing/envelope';
import { describe, expect, it } from 'vitest';
import { idOf, statuses, taken, useTurnDatabase } from '../test/turn-database.ts';
import { BookingStore } from './store/booking-store.ts';

const database = useTurnDatabase();

/** Fails a turn, and deciding its only request alone, as the driver does when a connection breaks at the wrong moment. */
class StumblingStore extends BookingStore {
  #stumbles = 2;

  override async decideAndCommit(...parameters: Parameters<BookingStore['decideAndCommit']>): Promise<Outcome[]> {
    if (this.#stumbles-- <= 0) return super.decideAndCommit(...parameters);
    throw new TypeError("Cannot read properties of undefined (reading 'lost')");
  }
}

it('does not fail a request for an error that is not its own, whatever its type', async () => {
  const turns = database.newTurns(new StumblingStore(database.orm));
  const outcomes = await turns.decide(envelope(await database.addShow(), [{ seats: ['A1'] }]));
  expect(statuses(outcomes)).toEqual(['succeeded']);
});

describe('a request that cannot be stored', () => {
  const poison = {
    'a NUL in a seat': (request: BookingRequest): BookingRequest => ({ ...request, kind: 'book', seats: ['A\0'] }),
    'a user beyond int': (request: BookingRequest): BookingRequest => ({ ...request, user_id: 2 ** 40 }),
    'no list of seats': ({ kind: _, ...request }: BookingRequest) =>
      ({ ...request, kind: 'book', seats: undefined }) as unknown as BookingRequest,
    'a show beyond int': (request: BookingRequest): BookingRequest => ({ ...request, show_id: 2 ** 40 }),
  };

  it.each(Object.entries(poison))('fails without affecting others: %s', async (_, spoil) => {
    const show = await database.addShow();
    const requests = envelope(show, [{ seats: ['A1'] }, { seats: ['A2'] }, { seats: ['A1'] }]);
    const [first, second, third] = requests as [BookingRequest, BookingRequest, BookingRequest];
    const neighbour = envelope(show, [{ seats: ['A2'], user: 2 }]);
    const [outcomes, beside] = await database.decideTogether(
      database.newTurns(),
      [first, spoil(second), third],
      neighbour,
    );
    expect(outcomes).toMatchObject([
      { status: 'succeeded' },
      { id: second.id, status: 'failed', problem: { code: 'internal_error' } },
      taken('A1'),
    ]);
    expect(beside).toMatchObject([{ status: 'succeeded' }]);
    expect((await database.claimsOf(show)).map((claim) => claim.booking_id)).toEqual([first.id, idOf(neighbour)]);
  });

  it('does not change the outcomes of an envelope that runs again in the same turn', async () => {
    const show = await database.addShow();
    const before = envelope(show, [{ seats: ['A1'] }]);
    await database.newTurns().decide(before);
    // A request refused a seat that is freed and sold behind it must be refused again when decided one by one.
    const requests = envelope(show, [{ seats: ['A1'] }, { cancel: idOf(before) }, { seats: ['A1'], user: 2 }]);
    const outcomes = await database.newTurns().decide(requests);
    expect(statuses(outcomes)).toEqual(['rejected', 'succeeded', 'succeeded']);
    const contents = await database.contentsOf(show);

    const [again, failed] = await database.decideTogether(
      database.newTurns(),
      requests,
      envelope(await database.addShow(), [{ seats: ['A\0'] }]),
    );
    expect(failed).toMatchObject([{ status: 'failed' }]);
    expect(again).toEqual(outcomes);
    expect(await database.contentsOf(show)).toEqual(contents);
  });

  it('has its failure recorded, and gets it again when its job runs again', async () => {
    const show = await database.addShow();
    const requests = envelope(show, [{ seats: ['A\0'] }]);
    const first = await database.newTurns().decide(requests);
    expect(first).toMatchObject([{ status: 'failed' }]);
    expect(await database.newTurns().decide(requests)).toEqual(first);
    expect(await database.rows('select id, status from booking.requests where show_id = ?', [show])).toEqual([
      { id: idOf(requests), status: 'failed' },
    ]);
  });
});
