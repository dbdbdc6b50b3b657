import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ModelDatabase, nothing, seats, shows } from '../../test/model-database.ts';

const goneShow = 3;

/** The reference: a clerk with one list, who serves one request after another. */
function clerk(envelopes: readonly BookingRequest[][]): ClerksOutcome[] {
  const firsts = new Map<string, { fingerprint: string; outcome: ClerksOutcome }>();
  const serve = newClerk();
  return envelopes.flat().map((request): ClerksOutcome => {
    const { id, key } = request;
    const first = key && firsts.get(`${request.show_id} ${request.user_id} ${key.hash}`);
    if (first)
      return first.fingerprint === key.fingerprint
        ? { ...first.outcome, id }
        : { id, status: 'rejected', code: 'idempotency_mismatch' };
    const outcome = serve(request);
    if (key) firsts.set(`${request.show_id} ${request.user_id} ${key.hash}`, { ...key, outcome });
    return outcome;
  });
}

type ClerksOutcome = { id: string; status: string; code?: string; taken?: string[] };

function newClerk(): (request: BookingRequest) => ClerksOutcome {
  const holders = new Map<string, string>();
  const bookings = new Map<string, { user: number; show: number; seats: string[] }>();
  return (request) => {
    const { id } = request;
    if (request.kind === 'cancel') {
      const booking = bookings.get(request.booking_id);
      if (!booking || (booking.user !== request.user_id && !request.as_admin))
        return { id, status: 'rejected', code: 'booking_not_found' };
      for (const seat of booking.seats) {
        const key = `${booking.show} ${seat}`;
        if (holders.get(key) === request.booking_id) holders.delete(key);
      }
      return { id, status: 'succeeded' };
    }
    if (!shows.includes(request.show_id)) return { id, status: 'rejected', code: 'show_not_found' };
    if (request.seats.some((seat) => !seats.includes(seat)))
      return { id, status: 'rejected', code: 'validation_failed' };
    const taken = request.seats.filter((seat) => holders.has(`${request.show_id} ${seat}`));
    if (taken.length > 0) return { id, status: 'rejected', code: 'seat_taken', taken };
    for (const seat of request.seats) holders.set(`${request.show_id} ${seat}`, id);
    bookings.set(id, { user: request.user_id, show: request.show_id, seats: request.seats });
    return { id, status: 'succeeded' };
  };
}

const asSeenByClerk = (outcome: Outcome) => ({
  id: outcome.id,
  status: outcome.status,
  ...(outcome.status !== 'succeeded' && { code: outcome.problem.code }),
  ...(outcome.status !== 'succeeded' && outcome.problem.seats && { taken: outcome.problem.seats }),
});

/** Few keys, so that requests share them. Half of the time a repeat asks for something else. */
const keyFor = (kind: string) =>
  fc.option(fc.record({ hash: fc.constantFrom('k1', 'k2'), fingerprint: fc.constantFrom(`${kind} 1`, `${kind} 2`) }), {
    nil: undefined,
  });

/** Requests for few seats by few users, so that they conflict. */
const drawn = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('book' as const),
      show: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...shows) }, fc.constant(goneShow)),
      seats: fc.uniqueArray(fc.constantFrom(...seats, 'B4'), { minLength: 1, maxLength: 3 }),
      user: fc.integer({ min: 1, max: 3 }),
      key: keyFor('book'),
    }),
  },
  {
    weight: 2,
    // Any request may be cancelled: an earlier or a later one, the request itself, or another cancellation.
    arbitrary: fc.record({
      kind: fc.constant('cancel' as const),
      of: fc.nat(30),
      user: fc.integer({ min: 1, max: 3 }),
      admin: fc.boolean(),
      key: keyFor('cancel'),
    }),
  },
);

/** Three envelopes; cancellations name bookings of any of them. */
const threeEnvelopes = fc
  .array(fc.array(drawn, { minLength: 1, maxLength: 10 }), { minLength: 3, maxLength: 3 })
  .map((envelopes): BookingRequest[][] => {
    const ids = envelopes.flatMap((requests, envelope) => requests.map((_, place) => `${envelope}-${place}`));
    const showOf = new Map<string, number>();
    for (const [index, one] of envelopes.flat().entries())
      if (one.kind === 'book') showOf.set(ids[index] ?? '', one.show);
    return envelopes.map((requests, envelope) =>
      requests.map((one, place): BookingRequest => {
        const asked = {
          id: `${envelope}-${place}`,
          user_id: one.user,
          request_id: 'r',
          ...(one.key && { key: one.key }),
        };
        if (one.kind === 'book') return { kind: 'book', show_id: one.show, seats: one.seats, ...asked };
        const bookingId = ids[one.of % ids.length] ?? '';
        const showId = showOf.get(bookingId) ?? 1;
        return {
          kind: 'cancel',
          show_id: showId,
          booking_id: bookingId,
          ...asked,
          ...(one.admin && { as_admin: true }),
        };
      }),
    );
  });

const runs = { numRuns: 500 };

describe('decide', () => {
  it('decides like a clerk who serves one request after another, with the same reasons', () => {
    fc.assert(
      fc.property(threeEnvelopes, (envelopes) => {
        const database = new ModelDatabase();
        const outcomes = envelopes.flatMap((requests) => database.run(requests).outcomes);
        expect(outcomes.map(asSeenByClerk)).toEqual(clerk(envelopes));
      }),
      runs,
    );
  });

  it('never has two live bookings on a seat, and books all seats of a request or none', () => {
    fc.assert(
      fc.property(threeEnvelopes, (envelopes) => {
        const database = new ModelDatabase();
        for (const requests of envelopes) database.run(requests);
        const live = [...database.bookings.values()].filter((row) => row.status === 'booked');
        const sold = live.flatMap((row) => row.seats.map((seat) => [`${row.showId} ${seat}`, row.id]));
        expect(new Map(database.claims)).toEqual(new Map(sold as [string, string][]));
        expect(sold).toHaveLength(database.claims.size);
        const asked = new Map(envelopes.flat().map((request) => [request.id, request]));
        for (const row of live) expect(asked.get(row.id)).toMatchObject({ seats: row.seats, user_id: row.userId });
      }),
      runs,
    );
  });

  it('repeats its outcomes and changes nothing when it runs again over what it wrote', () => {
    fc.assert(
      fc.property(threeEnvelopes, (envelopes) => {
        const database = new ModelDatabase();
        for (const requests of envelopes) {
          const first = database.run(requests);
          const second = database.run(requests);
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
        const first = envelopes.map((requests) => database.run(requests).outcomes);
        for (const [index, requests] of envelopes.entries()) {
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
        for (const requests of envelopes) {
          const { outcomes } = together.run(requests);
          // The first run decided one by one, and crashed midway.
          oneByOne.runOneByOne(requests.slice(0, crashAfter));
          expect(oneByOne.runOneByOne(requests).outcomes.map(asSeenByClerk)).toEqual(outcomes.map(asSeenByClerk));
          const again = together.runOneByOne(requests);
          expect(again.outcomes).toEqual(outcomes);
          expect(again.changes).toEqual(requests.map(() => nothing));
        }
        expect(oneByOne.claims).toEqual(together.claims);
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
      { id: '3', status: 'rejected', problem: problem('validation_failed', 'The show has no seat B4 any more.') },
    ]);
  });
});
