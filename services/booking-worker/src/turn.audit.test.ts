import { envelope } from '@boxoffice/testing/envelope';
import { describe, expect, it } from 'vitest';
import { idOf, useTurnDatabase } from '../test/turn-database.ts';

const database = useTurnDatabase();

describe('the audit', () => {
  const linesOf = (showId: number) =>
    database.rows<object>('select * from booking.audit_lines where show_id = ? order by subject_id', [showId]);

  it('has one line for each effective cancellation by an administrator, even when decided twice, and none for others', async () => {
    const show = await database.addShow();
    const booked = envelope(show, [
      { seats: ['A1'], user: 5 },
      { seats: ['A2'], user: 6 },
    ]);
    const turns = database.newTurns();
    await turns.decide(booked);
    const cancels = envelope(show, [
      { cancel: idOf(booked), user: 42, asAdmin: true },
      { cancel: idOf(booked), user: 43, asAdmin: true }, // too late to change anything
      { cancel: idOf(booked, 1), user: 6 },
    ]);
    await turns.decide(cancels);
    await turns.decide(cancels);
    const common = { show_id: show, user_id: 5, seats: ['A1'] };
    expect(await linesOf(show)).toMatchObject([
      {
        ...{ id: idOf(cancels), actor_id: 42, request_id: 'test', at: expect.any(String) },
        ...{ action: 'cancel', subject: 'booking', subject_id: idOf(booked) },
        ...{ before: { ...common, status: 'booked' }, after: { ...common, status: 'cancelled' } },
      },
    ]);
  });

  it('has a line for a booking that was made in the same turn', async () => {
    const show = await database.addShow();
    const turns = database.newTurns();
    const booked = envelope(show, [{ seats: ['A1'], user: 5 }]);
    const cancels = envelope(show, [{ cancel: idOf(booked), user: 42, asAdmin: true }]);
    await database.decideTogether(turns, booked, cancels);
    expect(await linesOf(show)).toMatchObject([{ actor_id: 42, subject_id: idOf(booked) }]);
  });
});
