import { expect, test } from 'vitest';
import type { History, Operation, OutcomeRow } from './history.ts';
import { booked, cancelOf, history, operation, recorded, rules, taken } from './made-up-history.ts';

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
    ...{ booking: null, key: null, decided: 0, taken: null, ...more },
  });
  expect(rules(withOutcomes(history([refused]), () => [row(refused)]))).toEqual(['rows']);
  expect(rules(withOutcomes(history([unheard]), () => [row(unheard)]))).toEqual([]);
  const failed = row(unheard, { status: 'failed', code: 'internal_error' });
  expect(rules(withOutcomes(history([unheard]), () => [failed]))).toEqual(['outcomes']);
});
