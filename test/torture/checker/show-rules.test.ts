import { expect, test } from 'vitest';
import type { Operation, Outcome, Show } from './history.ts';
import { booked, cancelOf, confirmOf, history, holdOf, operation, put, rules } from './made-up-history.ts';

const show = (more: Partial<Show>): Show => ({
  id: 1,
  price: null,
  limit: null,
  isOnline: false,
  cancellation: null,
  ...more,
});
const rejected = (code: string): Outcome => ({ status: 'rejected', code });

test('finds a user with more seats than the show allows, and a refusal within the limit', () => {
  const [one, two] = [operation(0, 2, booked), operation(10, 12, booked, { seats: ['A2'] })];
  two.user = one.user;
  const third = operation(20, 22, rejected('limit_reached'), { seats: ['A3'], user: one.user });
  const found = history([one, two, third]);
  put(found, one, 1);
  put(found, two, 11);
  put(found, third, 21);
  expect(rules({ ...found, shows: [show({ limit: 2 })] })).toEqual([]);
  expect(rules({ ...found, shows: [show({ limit: 3 })] })).toEqual(['show rules']);
  expect(rules({ ...found, shows: [show({ limit: 1 })] })).toEqual(['show rules']);
});

test('counts a hold only until its end', () => {
  const hold = holdOf(0, 2, 100);
  const next = operation(90, 111, booked, { seats: ['A2'], user: hold.user });
  const found = { ...history([hold, next]), shows: [show({ limit: 1 })] };
  put(found, hold, 1);
  put(found, next, 100);
  expect(rules(found)).toEqual([]);
  put(found, next, 99);
  expect(rules(found)).toEqual(['show rules']);
});

test('finds a wrong total, and a request that was refused or served against its expectation', () => {
  const hold = holdOf(0, 2, 100, { expectedTotal: 500 });
  const wrong = holdOf(0, 2, 100, { expectedTotal: 400, sightings: refusal('price_changed') });
  const found = { ...history([hold, wrong]), shows: [show({ price: 500 })] };
  put(found, hold, 1, { total: 500 });
  expect(rules(found)).toEqual([]);
  put(found, hold, 1, { total: 600 });
  expect(rules(found)).toEqual(['show rules']);
  put(found, hold, 1, { total: 500 });
  hold.expectedTotal = 400;
  wrong.expectedTotal = 500;
  expect(rules(found)).toEqual(['show rules', 'show rules']);
});

test('finds what a cancelled show sold afterwards, kept, or refused before', () => {
  const [early, late] = [operation(0, 2, booked), operation(200, 202, booked, { seats: ['A2'] })];
  const refused = operation(200, 202, rejected('show_cancelled'), { seats: ['A3'] });
  const cancellation = { called: 100, accepted: 150, reason: 'broken' };
  const found = { ...history([early, late, refused], [early, late]), shows: [show({ cancellation })] };
  put(found, early, 1, { cancelled: 160, cancelReason: 'broken' });
  put(found, late, 140, { cancelled: 160, cancelReason: 'broken' });
  put(found, refused, 201);
  expect(rules(found)).toEqual([]);
  put(found, late, 201, { cancelled: 205 });
  expect(rules(found)).toEqual(['show rules']);
  put(found, late, 140, { cancelled: null, cancelReason: null, status: 'booked' });
  expect(rules(found)).toEqual(['show rules']);
  put(found, late, 140, { cancelled: 160, cancelReason: 'another', status: 'cancelled' });
  expect(rules(found)).toEqual(['show rules']);
  put(found, late, 140, { cancelled: 160, cancelReason: 'broken' });
  put(found, refused, 50);
  expect(rules(found)).toEqual(['show rules']);
  put(found, refused, 201);
  found.shows = [];
  expect(rules(found)).toEqual(['show rules', 'show rules', 'show rules']);
});

test('finds nothing in a cancellation of what was cancelled with its show, which needs no request', () => {
  const booking = operation(0, 2, booked);
  const cancel = cancelOf(booking, 170, 180);
  const found = history([booking, cancel], [booking]);
  put(found, booking, 1, { cancelled: 160, cancelReason: 'broken', cancelledBy: null });
  found.shows = [show({ cancellation: { called: 100, accepted: 150, reason: 'broken' } })];
  found.outcomes = [];
  cancel.ids = [];
  expect(rules(found)).toEqual([]);
});

test('finds money that was taken for what was not booked, and not taken for what was', () => {
  const hold = holdOf(0, 2, 100);
  const confirm = confirmOf(hold, 40, 51);
  const pay = payOf(hold, 60, 71);
  const found = { ...history([hold, confirm, pay]), shows: [show({ price: 500 })] };
  put(found, hold, 1, { total: 500, paid: true });
  put(found, confirm, 50);
  put(found, pay, 70);
  expect(rules(found)).toEqual([]);
  put(found, pay, 45);
  expect(rules(found)).toEqual(['show rules']);
  const refused = payOf(hold, 60, 71, rejected('nothing_due'));
  const kept = { ...history([hold, confirm, refused]), shows: [show({ price: 500 })] };
  put(kept, hold, 1, { total: 500 });
  put(kept, confirm, 50);
  put(kept, refused, 45);
  expect(rules(kept)).toEqual([]);
  put(kept, refused, 70);
  expect(rules(kept)).toEqual(['show rules']);
});

const payOf = (booking: Operation, called: number, accepted: number, what = booked) =>
  operation(called, accepted, what, { kind: 'pay', target: booking.ids[0] ?? '', seats: booking.seats });

const refusal = (code: string) => [{ asked: 0, told: 2, what: rejected(code), by: 'poll' as const, gateway: 0 }];
