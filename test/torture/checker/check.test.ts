import { expect, test } from 'vitest';
import { check } from './check.ts';
import { booked, cancelOf, history, notFound, operation, rules, taken } from './made-up-history.ts';

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
