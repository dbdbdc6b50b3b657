import { expect, test } from 'vitest';
import type { History, Operation } from './history.ts';
import {
  booked,
  cancelOf,
  confirmOf,
  expired,
  history,
  holdOf,
  operation,
  put,
  rules,
  taken,
} from './made-up-history.ts';

/** A hold of A1 from 1 to 100. */
const held = (more: Partial<Operation> = {}) => holdOf(0, 2, 100, more);

test('finds nothing in a hold that expires and a booking that takes the seat at that very moment', () => {
  const hold = held();
  const early = operation(90, 95, taken('A1'));
  const next = operation(96, 101, booked);
  const found = history([hold, early, next]);
  put(found, hold, 1);
  put(found, early, 94);
  put(found, next, 100);
  expect(rules(found)).toEqual([]);
});

test('finds a seat that was sold before the hold on it had ended', () => {
  const hold = held();
  const next = operation(50, 61, booked);
  const found = history([hold, next]);
  put(found, hold, 1);
  put(found, next, 60);
  expect(rules(found)).toContain('holds');
});

test('finds that somebody was refused for a hold that had ended', () => {
  const hold = held();
  const late = operation(110, 121, taken('A1'));
  const found = history([hold, late]);
  put(found, hold, 1);
  put(found, late, 99);
  expect(rules(found)).toEqual([]);
  put(found, late, 100);
  expect(rules(found)).toContain('holds');
});

test('finds that somebody was refused, and not for a seat that was held', () => {
  const hold = held();
  const other = operation(0, 2, booked, { seats: ['A2'] });
  const family = operation(40, 51, taken('A2'), { seats: ['A1', 'A2'] });
  const found = history([hold, other, family]);
  put(found, hold, 1);
  put(found, other, 1);
  put(found, family, 50);
  expect(rules(found)).toContain('holds');
  family.replaces = true;
  family.user = hold.user;
  for (const row of found.outcomes) row.user = hold.user;
  expect(rules(found)).toEqual([]);
});

test('finds nothing in a confirmation in time, and in those who were refused long after the end of the hold', () => {
  const hold = held();
  const confirm = confirmOf(hold, 80, 91);
  const late = operation(200, 202, taken('A1'));
  const found = history([hold, confirm, late]);
  put(found, hold, 1);
  put(found, confirm, 90);
  put(found, late, 201);
  expect(rules(found)).toEqual([]);
});

test('finds nothing in a late confirmation when the seat was free, though somebody had it meanwhile', () => {
  const [found, { between, confirm }] = confirmedLate();
  expect(rules(found)).toEqual([]);
  put(found, between, 120, { cancelled: 160 });
  expect(rules(found)).toContain('holds');
  put(found, between, 120, { cancelled: 140 });
  put(found, confirm, 130);
  expect(rules(found)).toContain('holds');
});

test('finds that one was refused for a hold that had ended and was not confirmed yet', () => {
  const [found, { hold }] = confirmedLate();
  const refused = operation(100, 112, taken('A1'), { user: hold.user });
  found.operations.push(refused);
  found.outcomes.push(...history([refused]).outcomes);
  put(found, refused, 111);
  expect(rules(found)).toContain('holds');
});

/** Held until 100, had by somebody else from 120 to 140, confirmed at 150. */
function confirmedLate(): [History, { hold: Operation; between: Operation; confirm: Operation }] {
  const hold = held();
  const between = operation(110, 121, booked);
  const cancel = cancelOf(between, 130, 141);
  const confirm = confirmOf(hold, 145, 151);
  const found = history([hold, between, cancel, confirm], [between]);
  put(found, hold, 1);
  put(found, between, 120);
  put(found, cancel, 140);
  put(found, confirm, 150);
  return [found, { hold, between, confirm }];
}

test('finds that a confirmation was refused in time, or late though the seat was free', () => {
  const hold = held();
  const confirm = confirmOf(hold, 80, 171, expired);
  const next = operation(140, 152, booked);
  const found = history([hold, confirm, next]);
  put(found, hold, 1);
  put(found, next, 150);
  put(found, confirm, 160);
  expect(rules(found)).toEqual([]);
  put(found, confirm, 99);
  expect(rules(found)).toEqual(['holds']);
  put(found, confirm, 120);
  expect(rules(found)).toEqual(['holds']);
});

test('finds a confirmation that did not confirm', () => {
  const hold = held();
  const confirm = confirmOf(hold, 80, 91);
  const found = history([hold, confirm]);
  put(found, hold, 1);
  put(found, confirm, 90);
  put(found, hold, 1, { confirmedBy: null });
  expect(rules(found)).toContain('holds');
  put(found, hold, 1, { confirmedBy: confirm.ids[0] ?? '', status: 'expired' });
  expect(rules(found)).toEqual(expect.arrayContaining(['holds', 'rows']));
});

test('finds a hold that is left past its end, and a booking that expired', () => {
  const hold = held();
  const found = history([hold]);
  put(found, hold, 1);
  expect(rules(found)).toEqual([]);
  put(found, hold, 1, { status: 'held' });
  expect(rules(found)).toEqual(['holds']);
  const booking = operation(0, 2, booked);
  const ended = history([booking]);
  put(ended, booking, 1, { status: 'expired' });
  expect(rules(ended)).toEqual(['rows', 'holds']);
});

test('finds a claim of a hold that has ended', () => {
  const hold = held();
  const found = history([hold]);
  put(found, hold, 1);
  found.claims = [{ show: 1, seat: 'A1', booking: hold.ids[0] ?? '' }];
  expect(rules(found)).toEqual(['rows']);
});

test('finds another end of a hold than was answered', () => {
  const hold = held();
  const found = history([hold]);
  put(found, hold, 1, { expires: 150 });
  expect(rules(found)).toEqual(['rows']);
});

test('finds that a hold was cancelled after its end, or could not be cancelled before', () => {
  const hold = held();
  const cancel = cancelOf(hold, 90, 111);
  const found = history([hold, cancel], [hold]);
  put(found, hold, 1);
  put(found, cancel, 95);
  expect(rules(found)).toEqual([]);
  put(found, cancel, 110);
  expect(rules(found)).toEqual(['holds']);
  const refused = cancelOf(hold, 90, 111, expired);
  const kept = history([hold, refused]);
  put(kept, hold, 1);
  put(kept, refused, 110);
  expect(rules(kept)).toEqual([]);
  put(kept, refused, 95);
  expect(rules(kept)).toEqual(['holds']);
});

test('finds a hold that stays beside the one that replaces it, and one that was given up for nothing', () => {
  const first = held();
  const second = holdOf(20, 31, 130, { seats: ['A1', 'A2'], user: first.user, replaces: true });
  const found = history([first, second], [first]);
  put(found, first, 1, { cancelled: 30, cancelReason: 'Replaced by another hold' });
  put(found, second, 30);
  expect(rules(found)).toEqual([]);
  put(found, first, 1, { cancelled: 25 });
  expect(rules(found)).toContain('holds');
  const other = holdOf(20, 31, 130, { seats: ['A2'], user: first.user, replaces: true });
  const kept = history([first, other]);
  put(kept, first, 1);
  put(kept, other, 30);
  expect(rules(kept)).toEqual(['holds']);
});

test('finds nothing in a hold of the best seats, and finds one of another number', () => {
  const best = holdOf(0, 2, 100, { seats: [], best: 2 });
  const found = history([best]);
  put(found, best, 1, { seats: ['A1', 'A2'] });
  expect(rules(found)).toEqual([]);
  put(found, best, 1, { seats: ['A1'] });
  expect(rules(found)).toEqual(['rows']);
});

test('finds a hold without an answer, by its user and its seats', () => {
  const lost = holdOf(0, null, 100, { sightings: [] });
  const found = history([lost], [], [{ id: 'row', user: lost.user, status: 'expired', expires: 100 }]);
  expect(rules(found)).toEqual([]);
});

test('finds nothing in a late repeat of a keyed refusal, whose seat is free by then', () => {
  const booking = operation(0, 2, booked);
  const refused = operation(3, 5, taken('A1'), { key: 'k', unknown: 1 });
  const cancel = cancelOf(booking, 6, 8);
  const found = history([booking, refused, cancel], [booking]);
  put(found, booking, 1);
  put(found, refused, 4);
  put(found, cancel, 7);
  const [first] = found.outcomes.filter(({ code }) => code === 'seat_taken');
  if (!first) throw new Error('the refusal is not recorded');
  found.outcomes.push({ ...first, id: 'repeat', key: null, decided: 20 });
  expect(rules(found)).toEqual([]);
  first.decided = 20;
  expect(rules(found)).toEqual(['holds']);
});
