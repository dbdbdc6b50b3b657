import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import fc from 'fast-check';
import { describe, expect, inject, it } from 'vitest';
import { Clerk } from '../../test/clerk.ts';
import { type DrawnEnvelope, threeEnvelopes } from '../../test/drawn-requests.ts';
import { ModelDatabase, nothing, rules } from '../../test/model-database.ts';
import { type BookingRow, isLive } from './state.ts';

const asSeenByClerk = (outcome: Outcome) => ({
  id: outcome.id,
  status: outcome.status,
  ...(outcome.status === 'succeeded' && { seats: outcome.booking.seats }),
  ...(outcome.status !== 'succeeded' && { code: outcome.problem.code }),
  ...(outcome.status !== 'succeeded' && outcome.problem.seats && { taken: outcome.problem.seats }),
});

const dueOf = ({ outbox }: ModelDatabase) => outbox.map(({ kind, data }) => `${kind} ${data.payment_id}`);

/** Fewer when these tests run for every mutation, which also needs no smallest counterexample. */
const fewerRuns = inject('propertyRuns') as number | undefined;
const runs = { numRuns: fewerRuns ?? 500, endOnFailure: fewerRuns !== undefined };

function begin(database: ModelDatabase, { afterSeconds, chores }: DrawnEnvelope): ModelDatabase {
  database.advance(afterSeconds);
  if (chores) database.expireHolds();
  return database;
}

/** What a live booking must have been asked for as. */
function wishFor({ id, seats }: BookingRow, asked: ReadonlyMap<string, BookingRequest>): object {
  const request = asked.get(id);
  if (request?.kind === 'book') return { seats };
  return request?.kind === 'hold' && 'best' in request.wish
    ? { wish: { best: { count: seats.length } } }
    : { wish: { seats } };
}

describe('decide', () => {
  it('decides like a clerk who serves one request after another, with the same reasons', () => {
    fc.assert(
      fc.property(threeEnvelopes, (envelopes) => {
        const database = new ModelDatabase();
        const outcomes = envelopes.flatMap((envelope) => begin(database, envelope).run(envelope.requests).outcomes);
        const clerk = new Clerk();
        expect(outcomes.map(asSeenByClerk)).toEqual(clerk.serveAll(envelopes));
        expect(dueOf(database)).toEqual(clerk.due);
      }),
      runs,
    );
  });

  it('never has two live bookings on a seat, and books all seats of a request or none', () => {
    fc.assert(
      fc.property(threeEnvelopes, (envelopes) => {
        const database = new ModelDatabase();
        for (const envelope of envelopes) begin(database, envelope).run(envelope.requests);
        const live = [...database.bookings.values()].filter(isLive);
        const sold = live.flatMap(
          (row) => row.seats.map((seat) => [`${row.showId} ${seat}`, row]) as [string, BookingRow][],
        );
        expect(sold).toHaveLength(database.claims.size);
        for (const [seat, { id, userId, status, expiresAt }] of sold)
          expect(database.claims.get(seat)).toMatchObject({
            ...{ bookingId: id, userId, expiresAt: status === 'held' ? expiresAt : null },
          });
        const asked = new Map(envelopes.flatMap(({ requests }) => requests).map((request) => [request.id, request]));
        for (const row of live)
          expect(asked.get(row.id)).toMatchObject({ user_id: row.userId, ...wishFor(row, asked) });
      }),
      runs,
    );
  });

  it('repeats its outcomes and changes nothing when it runs again over what it wrote', () => {
    fc.assert(
      fc.property(threeEnvelopes, fc.constantFrom(0, 1, 30), (envelopes, seconds) => {
        const database = new ModelDatabase();
        for (const envelope of envelopes) {
          const first = begin(database, envelope).run(envelope.requests);
          database.advance(seconds);
          const second = database.run(envelope.requests);
          expect(second).toEqual({ outcomes: first.outcomes, changes: nothing });
        }
      }),
      runs,
    );
  });

  it('repeats every outcome of all envelopes at the end, whatever was decided since', () => {
    fc.assert(
      fc.property(threeEnvelopes, (envelopes) => {
        const database = new ModelDatabase();
        const first = envelopes.map((envelope) => begin(database, envelope).run(envelope.requests).outcomes);
        database.advance(60);
        database.expireHolds();
        for (const [index, { requests }] of envelopes.entries()) {
          const again = database.run(requests);
          expect(again).toEqual({ outcomes: first[index], changes: nothing });
        }
      }),
      runs,
    );
  });

  it('gives the same outcomes one by one, however much of the envelope was decided before', () => {
    fc.assert(
      fc.property(threeEnvelopes, fc.nat(10), (envelopes, crashAfter) => {
        const together = new ModelDatabase();
        const oneByOne = new ModelDatabase();
        for (const envelope of envelopes) {
          const { requests } = envelope;
          const { outcomes } = begin(together, envelope).run(requests);
          // The first run decided one by one, and crashed midway.
          begin(oneByOne, envelope).runOneByOne(requests.slice(0, crashAfter));
          expect(oneByOne.runOneByOne(requests).outcomes.map(asSeenByClerk)).toEqual(outcomes.map(asSeenByClerk));
          const again = together.runOneByOne(requests);
          expect(again.outcomes).toEqual(outcomes);
          expect(again.changes).toEqual(requests.map(() => nothing));
        }
        expect(oneByOne.claims).toEqual(together.claims);
        expect(dueOf(oneByOne)).toEqual(dueOf(together));
      }),
      runs,
    );
  });

  it('gives each payment one verdict, captures what has booked, and refunds it once its booking is cancelled', () => {
    fc.assert(
      fc.property(threeEnvelopes, (envelopes) => {
        const database = new ModelDatabase();
        for (const envelope of envelopes) begin(database, envelope).run(envelope.requests);
        const bookings = [...database.bookings.values()];
        const paidBy = new Map(bookings.map((row) => [row.paymentId, row]));
        const expected = [...database.verdicts.values()].map(({ paymentId, problem: refusal }) => {
          const isCancelled = paidBy.get(paymentId)?.status === 'cancelled';
          return [paymentId, refusal ? ['void'] : isCancelled ? ['capture', 'refund'] : ['capture']];
        });
        const due = Map.groupBy(database.outbox, ({ data }) => data.payment_id);
        expect([...due].map(([payment, rows]) => [payment, rows.map(({ kind }) => kind)])).toEqual(expected);
        for (const row of bookings.filter(({ status }) => status === 'booked')) {
          const isPaidOnline = rules.get(row.showId)?.payment === 'online';
          const verdict = database.verdicts.get(row.paymentId ?? '');
          if (isPaidOnline || row.paymentId) expect(verdict).toMatchObject({ bookingId: row.id, problem: null });
        }
      }),
      runs,
    );
  });

  it('lets a key belong to one request: repeats get its outcome, also under another id', () => {
    const database = new ModelDatabase();
    const book = (id: string, seat: string, key: string, fingerprint = seat): BookingRequest => {
      return {
        kind: 'book',
        id,
        show_id: 1,
        user_id: 1,
        seats: [seat],
        request_id: 'r',
        key: { hash: key, fingerprint },
      };
    };
    // In one turn, and in a later one, after the booking was cancelled.
    const first = database.run([book('1', 'A1', 'k'), book('2', 'A1', 'k'), book('3', 'A2', 'k')]).outcomes;
    database.run([{ kind: 'cancel', id: '4', show_id: 1, user_id: 1, booking_id: '1', request_id: 'r' }]);
    const later = database.run([book('5', 'A1', 'k')]).outcomes;
    const booking = expect.objectContaining({ id: '1', status: 'booked' });
    expect([...first, ...later]).toMatchObject([
      { id: '1', status: 'succeeded', booking },
      { id: '2', status: 'succeeded', booking },
      { id: '3', status: 'rejected', problem: { code: 'idempotency_mismatch', status: 422 } },
      { id: '5', status: 'succeeded', booking },
    ]);
    // The repeats can be looked up by their own ids; the key stays the first one's.
    const rows = [...database.requests.values()].map(({ id, status, key }) => `${id} ${status} ${key?.hash}`);
    const kept = ['1 succeeded k', '2 succeeded undefined', '3 rejected undefined'];
    expect(rows).toEqual([...kept, '4 succeeded undefined', '5 succeeded undefined']);
    expect(database.bookings.size).toBe(1);
    expect(database.claims.size).toBe(0);
  });

  it('names the seats that are taken, and those that the show no longer has', () => {
    const database = new ModelDatabase();
    const book = (id: string, ...wanted: string[]): BookingRequest => {
      return { kind: 'book', id, show_id: 1, user_id: 1, seats: wanted, request_id: 'r' };
    };
    const { outcomes } = database.run([book('1', 'A1', 'A3'), book('2', 'A3', 'A2', 'A1'), book('3', 'B4', 'B1')]);
    expect(outcomes.slice(1)).toEqual([
      {
        id: '2',
        status: 'rejected',
        problem: problem('seat_taken', 'Seats A3, A1 are taken.', { seats: ['A3', 'A1'] }),
      },
      { id: '3', status: 'rejected', problem: problem('validation_failed', 'The show no longer has seat B4.') },
    ]);
  });
});
