import { expect, test } from 'vitest';
import { check } from './check.ts';
import { type BookingRow, type History, type Operation, type Outcome, type OutcomeRow, outcomeOf } from './history.ts';

const booked: Outcome = { status: 'succeeded' };
const taken = (...seats: string[]): Outcome => ({ status: 'rejected', code: 'seat_taken', taken: seats });
const notFound: Outcome = { status: 'rejected', code: 'booking_not_found' };
let count = 0;

/** An operation from `called` to `accepted`, with this outcome. */
function operation(
  called: number,
  accepted: number | null,
  what: Outcome | null,
  more: Partial<Operation> = {},
): Operation {
  const number = ++count;
  const id = `id-${number}`;
  return {
    ...{ number, kind: 'book', show: 1, user: number, seats: ['A1'], target: null, key: null, called, accepted },
    ids: accepted === null ? [] : [id],
    possibleIds: [],
    unknown: accepted === null ? 1 : 0,
    sightings: what ? [{ asked: called, told: accepted ?? called + 1, what, by: 'poll', gateway: 0 }] : [],
    waits: [],
    ...more,
  };
}

const cancelOf = (booking: Operation, called: number, accepted: number | null, what: Outcome | null = booked) =>
  operation(called, accepted, what, { kind: 'cancel', target: booking.ids[0] ?? '', user: booking.user });

/** The rows that a correct system has for these bookings. */
function history(operations: Operation[], cancelled: Operation[] = [], extra: Partial<BookingRow>[] = []): History {
  const made = operations.filter(
    ({ kind, sightings }) =>
      kind === 'book' && sightings.some(({ what }) => typeof what === 'object' && what.status === 'succeeded'),
  );
  const rows = made.map(
    (booking): BookingRow => ({
      id: booking.ids[0] ?? '',
      show: booking.show,
      user: booking.user,
      seats: booking.seats,
      status: cancelled.includes(booking) ? 'cancelled' : 'booked',
      cancelledBy: null,
      decided: 0,
    }),
  );
  const others = extra.map(
    (row): BookingRow => ({
      id: 'row',
      show: 1,
      user: 99,
      seats: ['A1'],
      status: 'booked',
      cancelledBy: null,
      decided: 0,
      ...row,
    }),
  );
  for (const row of rows) {
    const cancel = operations.find(({ kind, target }) => kind === 'cancel' && target === row.id);
    if (row.status === 'cancelled') row.cancelledBy = cancel?.ids[0] ?? null;
  }
  const bookings = [...rows, ...others];
  const claims = bookings
    .filter(({ status }) => status === 'booked')
    .flatMap(({ id, show, seats }) => seats.map((seat) => ({ show, seat, booking: id })));
  return { operations, bookings, claims, outcomes: operations.flatMap(recorded) };
}

/** The row of `booking.requests` that a correct system has for this operation. */
function recorded(operation: Operation): OutcomeRow[] {
  const { ids, show, user, kind, key, target } = operation;
  const [id] = ids;
  const outcome = outcomeOf(operation);
  const bookingTells = kind === 'book' && outcome?.status === 'succeeded' && key === null;
  if (!outcome || id === undefined || bookingTells) return [];
  const { status, code = null } = outcome;
  const booking = status === 'succeeded' ? (kind === 'cancel' ? target : id) : null;
  return [{ id, show, user, kind, status, code, booking, key: key && `hash of ${key}` }];
}

const rules = (found: History) => check(found).map(({ rule }) => rule);

test('finds nothing in a booking, a refusal, a cancellation and the next booking', () => {
  const first = operation(0, 1, booked);
  const loser = operation(2, 3, taken('A1'));
  const cancel = cancelOf(first, 4, 5);
  const next = operation(6, 7, booked);
  expect(check(history([first, loser, cancel, next], [first]))).toEqual([]);
});

test('finds nothing in requests whose times overlap, whichever of them won', () => {
  const winner = operation(1, 9, booked);
  const loser = operation(0, 2, taken('A1'));
  expect(check(history([loser, winner]))).toEqual([]);
});

test('finds nothing in a row that belongs to a request without an answer', () => {
  const lost = operation(0, null, null);
  const loser = operation(5, 6, taken('A1'));
  expect(check(history([lost, loser], [], [{ id: 'row', user: lost.user }]))).toEqual([]);
});

test('finds a seat that is sold twice', () => {
  expect(rules(history([operation(0, 1, booked), operation(2, 3, booked)]))).toContain('one buyer per seat');
});

test('finds that a later request was served first', () => {
  const first = operation(0, 1, taken('A1'));
  const second = operation(2, 3, booked);
  expect(rules(history([first, second]))).toEqual(['order']);
});

test('finds that a seat given back was refused to a request accepted afterwards', () => {
  const first = operation(0, 1, booked);
  const cancel = cancelOf(first, 2, 3);
  const refused = operation(4, 5, taken('A1'));
  expect(rules(history([first, cancel, refused], [first]))).toEqual(['order']);
});

test('finds that a seat was sold before its owner gave it back', () => {
  const first = operation(0, 1, booked);
  const second = operation(2, 3, booked);
  const cancel = cancelOf(first, 4, 5);
  expect(rules(history([first, second, cancel], [first]))).toEqual(['order']);
});

test('finds that a family was refused for a seat that was free at the time', () => {
  const first = operation(0, 1, booked);
  const family = operation(2, 3, taken('A2'), { seats: ['A1', 'A2'] });
  const other = operation(0, 1, booked, { seats: ['A2'] });
  expect(rules(history([first, other, family]))).toEqual(['order']);
});

test('finds two reads that fit one by one, and not together', () => {
  const winner = operation(0, 20, booked);
  const sawTaken = operation(2, 4, taken('A1'));
  const sawFree = operation(6, 8, taken('A2'), { seats: ['A1', 'A2'] });
  const other = operation(0, 1, booked, { seats: ['A2'] });
  expect(rules(history([winner, sawTaken, sawFree, other]))).toEqual(['order']);
});

test('finds that a cancellation did not find a booking accepted before it', () => {
  const booking = operation(0, 1, booked);
  expect(rules(history([booking, cancelOf(booking, 2, 3, notFound)]))).toEqual(['order']);
});

test('finds an outcome that changed', () => {
  const booking = operation(0, 1, booked);
  booking.sightings.push({ asked: 5, told: 6, what: taken('A1'), by: 'poll', gateway: 1 });
  expect(rules(history([booking]))).toEqual(['outcomes']);
});

test('finds an accepted request without an outcome, one that is forgotten, and one that failed', () => {
  expect(rules(history([operation(0, 1, null)]))).toEqual(['outcomes']);
  const forgotten = operation(0, 1, taken('A1'));
  forgotten.sightings.push({ asked: 5, told: 6, what: 'unknown job', by: 'poll', gateway: 1 });
  const winner = operation(0, 1, booked);
  expect(rules(history([winner, forgotten]))).toEqual(['outcomes']);
  const failed = operation(0, 1, { status: 'failed', code: 'internal_error' });
  expect(rules({ ...history([failed]), outcomes: [] })).toContain('outcomes');
});

test('finds that a booking was spoken of before it was committed', () => {
  const booking = operation(0, 1, booked);
  booking.sightings.push({ asked: 2, told: 3, what: 'unknown job', by: 'booking', gateway: 0 });
  expect(rules(history([booking]))).toEqual(['committed before spoken']);
});

test('finds a key with two jobs, and one with two bookings', () => {
  const keyed = operation(0, 1, booked, { key: 'k' });
  keyed.ids.push('another');
  expect(rules(history([keyed]))).toEqual(['keys']);
  const late = operation(0, 1, booked, { key: 'k', unknown: 1 });
  const cancel = cancelOf(late, 2, 3);
  expect(rules(history([late, cancel], [late], [{ user: late.user }]))).toEqual(['keys']);
});

test('finds answers without rows and rows without answers', () => {
  const booking = operation(0, 1, booked);
  const lost = { ...history([booking]), bookings: [], claims: [] };
  expect(rules(lost)).toEqual(['rows']);
  const refused = operation(0, null, null, { unknown: 0 });
  expect(rules(history([refused], [], [{ user: refused.user }]))).toEqual(['rows']);
  const cancelled = operation(0, 1, booked);
  expect(rules(history([cancelled], [cancelled]))).toEqual(['rows', 'rows']);
  const rejected = operation(2, 3, taken('A1'));
  expect(rules(history([booking, rejected], [], [{ id: rejected.ids[0] ?? '', user: rejected.user }]))).toContain(
    'rows',
  );
});

test('finds claims that no live booking has, and live bookings without their claims', () => {
  const booking = operation(0, 1, booked);
  const cancel = cancelOf(booking, 2, 3);
  const kept = {
    ...history([booking, cancel], [booking]),
    claims: [{ show: 1, seat: 'A1', booking: booking.ids[0] ?? '' }],
  };
  expect(rules(kept)).toEqual(['rows']);
  expect(rules({ ...history([booking]), claims: [] })).toEqual(['rows']);
});

const withOutcomes = (found: History, change: (rows: OutcomeRow[]) => OutcomeRow[]): History => ({
  ...found,
  outcomes: change(found.outcomes),
});

test('finds a rejection, a cancellation and a keyed booking that are not recorded', () => {
  const booking = operation(0, 1, booked);
  const rejected = history([booking, operation(2, 3, taken('A1'))]);
  expect(rules(rejected)).toEqual([]);
  expect(rules(withOutcomes(rejected, () => []))).toEqual(['rows']);
  const cancelled = history([booking, cancelOf(booking, 2, 3)], [booking]);
  expect(rules(cancelled)).toEqual([]);
  expect(rules(withOutcomes(cancelled, () => []))).toEqual(['rows', 'rows']);
  const keyed = history([operation(0, 1, booked, { key: 'k' })]);
  expect(rules(keyed)).toEqual([]);
  expect(rules(withOutcomes(keyed, () => []))).toEqual(['rows', 'keys']);
});

test('finds a cancellation that is not recorded though its answer named no request', () => {
  const booking = operation(0, 1, booked);
  const cancel = cancelOf(booking, 2, 3);
  const found = history([booking, cancel], [booking]);
  cancel.ids = [];
  expect(rules(found)).toEqual([]);
  expect(rules(withOutcomes(found, () => []))).toEqual(['rows', 'rows']);
});

test('finds a recorded outcome that differs from the answer: in status, in reason, or in the booking', () => {
  const booking = operation(0, 1, booked);
  const rejected = history([booking, operation(2, 3, taken('A1'))]);
  expect(rules(withOutcomes(rejected, (rows) => rows.map((row) => ({ ...row, code: 'show_started' }))))).toEqual([
    'rows',
  ]);
  const other = operation(0, 1, booked, { seats: ['A2'], key: 'k', user: booking.user });
  const keyed = history([booking, other]);
  expect(rules(keyed)).toEqual([]);
  const swapped = withOutcomes(keyed, (rows) => rows.map((row) => ({ ...row, booking: booking.ids[0] ?? '' })));
  expect(rules(swapped)).toEqual(['rows']);
  const flipped = withOutcomes(keyed, (rows) =>
    rows.map((row) => ({ ...row, status: 'rejected' as const, code: 'seat_taken', booking: null })),
  );
  expect(rules(flipped)).toEqual(['rows', 'rows']);
});

test('finds an answer that names another booking than before', () => {
  const booking = operation(0, 1, booked, { key: 'k' });
  const named = (id: string) =>
    ({ asked: 5, told: 6, what: { ...booked, booking: id }, by: 'poll', gateway: 1 }) as const;
  booking.sightings = [named(booking.ids[0] ?? '')];
  expect(rules(history([booking]))).toEqual([]);
  booking.sightings.push(named('another'));
  expect(rules(history([booking]))).toEqual(['outcomes']);
});

test('finds a recorded cancellation of a booking that is not cancelled', () => {
  const booking = operation(0, 1, booked);
  const cancel = cancelOf(booking, 2, 3, null);
  const row = recorded({ ...cancel, sightings: cancelOf(booking, 2, 3).sightings });
  expect(rules(withOutcomes(history([booking, cancel]), () => row))).toEqual(['outcomes', 'rows']);
});

test('finds a key on two rows, and one that is on none', () => {
  const keyed = operation(0, 1, booked, { key: 'k', unknown: 1 });
  const found = history([keyed]);
  const twice = withOutcomes(found, (rows) => [...rows, ...rows.map((row) => ({ ...row, id: 'late' }))]);
  expect(rules(twice)).toEqual(['keys']);
  const none = withOutcomes(found, (rows) => rows.map((row) => ({ ...row, key: null })));
  expect(rules(none)).toEqual(['keys', 'keys']);
});

test('finds nothing in a late duplicate of a keyed request that is answered with the first outcome', () => {
  const keyed = operation(0, 1, { ...booked, booking: 'first' }, { key: 'k', unknown: 1 });
  const found = history([keyed]);
  for (const row of found.bookings) row.id = 'first';
  for (const claim of found.claims) claim.booking = 'first';
  const [duplicate] = found.outcomes.map((row) => ({ ...row, booking: 'first' }));
  if (!duplicate) throw new Error('there is no row');
  const rows = [
    { ...duplicate, key: null },
    { ...duplicate, id: 'first' },
  ];
  expect(rules(withOutcomes(found, () => rows))).toEqual([]);
});

test('finds a recorded success whose booking is not there', () => {
  const unheard = operation(0, null, null, { key: 'k' });
  const row = recorded({ ...unheard, ids: ['lost'], sightings: operation(0, 1, booked).sightings });
  expect(rules(withOutcomes(history([unheard]), () => row))).toEqual(['rows']);
});

test('finds a recorded outcome that nobody asked for, and one that failed though nobody heard it', () => {
  const refused = operation(0, null, null, { unknown: 0 });
  const unheard = operation(0, null, null);
  const row = (of: Operation, more: Partial<OutcomeRow> = {}): OutcomeRow => ({
    ...{ id: `row ${of.number}`, show: of.show, user: of.user, kind: of.kind, status: 'rejected', code: 'seat_taken' },
    ...{ booking: null, key: null, ...more },
  });
  expect(rules(withOutcomes(history([refused]), () => [row(refused)]))).toEqual(['rows']);
  expect(rules(withOutcomes(history([unheard]), () => [row(unheard)]))).toEqual([]);
  const failed = row(unheard, { status: 'failed', code: 'internal_error' });
  expect(rules(withOutcomes(history([unheard]), () => [failed]))).toEqual(['outcomes']);
});
