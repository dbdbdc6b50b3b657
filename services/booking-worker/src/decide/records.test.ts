/** What is written for an outcome, field by field. */
import { envelope } from '@boxoffice/testing/envelope';
import { beforeEach, expect, test } from 'vitest';
import { free, online, openModel, payment, priced } from '../../test/open-model.ts';
import { codeOf } from './booking-code.ts';
import { recordedOutcome } from './decide.ts';

let { database, decide, make, change } = openModel();
beforeEach(() => {
  ({ database, decide, make, change } = openModel());
});

test('a free booking has no price', () => {
  const { ids, changes } = decide(free, { seats: ['A1', 'A2'], user: 7 });
  expect(changes.made).toEqual([
    {
      ...{ id: ids[0], showId: free, userId: 7, seats: ['A1', 'A2'], status: 'booked', createdAt: database.now },
      ...{ expiresAt: null, cancelledAt: null, cancelledBy: null, cancelReason: null, confirmedBy: null },
      ...{ items: null, total: null, currency: null, code: null },
      ...{ paidAt: null, paidBy: null, paidWith: null, paymentId: null, heldUntil: null },
    },
  ]);
  expect(changes.recorded).toEqual([]);
});

test('a hold has an end, and a priced one a code and the price of each seat', () => {
  const layout = { rows: ['sv_', 'sss'], legend: { s: { category: 'standard' }, v: { category: 'vip' } } };
  change(priced, { layout, prices: { vip: 1_500, standard: 900 } });
  const { ids, changes, outcomes } = decide(priced, { hold: ['A1', 'A2'], seconds: 90 });
  const items = [
    { seat: 'A1', category: 'standard', amount: 900 },
    { seat: 'A2', category: 'vip', amount: 1_500 },
  ];
  const expiresAt = new Date(database.now.getTime() + 90_000);
  const code = codeOf(ids[0] ?? '');
  expect(changes.made).toMatchObject([{ status: 'held', expiresAt, items, total: 2_400, currency: 'EUR', code }]);
  expect(outcomes).toMatchObject([
    { status: 'succeeded', booking: { status: 'held', total: { amount: 2_400, currency: 'EUR' }, items, code } },
  ]);
});

test('a category without a price costs nothing', () => {
  const layout = { rows: ['v'], legend: { v: { category: 'vip' } } };
  change(priced, { layout });
  expect(decide(priced, { seats: ['A1'] }).changes.made).toMatchObject([
    { items: [{ seat: 'A1', category: 'vip', amount: 0 }], total: 0 },
  ]);
});

test('a code is eight letters and digits, and none is easily mistaken for another', () => {
  expect(codeOf('0199c7f2-0000-8000-8000-000000000001')).toBe('NK02YPPZ');
  const codes = Array.from({ length: 1_000 }, (_, n) => codeOf(String(n)));
  expect(new Set(codes).size).toBe(1_000);
  expect([...new Set(codes.join(''))].sort().join('')).toBe('0123456789ABCDEFGHJKMNPQRSTVWXYZ');
  expect(codes.every((code) => code.length === 8)).toBe(true);
});

test('a hold that replaces another says why that one ended', () => {
  const first = make(free, { hold: ['A1', 'A2'] });
  const others = make(free, { hold: ['B1'], user: 2 });
  const { ids, changes } = decide(free, { hold: ['A2', 'A3'], replace: true });
  expect(changes).toMatchObject({
    made: [{ id: ids[0], seats: ['A2', 'A3'] }],
    changed: [
      {
        from: 'held',
        row: {
          ...{ id: first, status: 'cancelled', cancelledAt: database.now, cancelledBy: null },
          cancelReason: 'Replaced by another hold',
        },
      },
    ],
  });
  expect(database.bookings.get(others)?.status).toBe('held');
});

test('a hold that has ended is marked as expired when its seat is sold', () => {
  const first = make(free, { hold: ['A1', 'A2'], seconds: 10 });
  database.advance(10);
  const { changes } = decide(free, { seats: ['A2'], user: 2 });
  expect(changes.changed).toMatchObject([{ from: 'held', row: { id: first, status: 'expired', cancelledAt: null } }]);
});

test('a confirmation says which request made it, and what it was paid with', () => {
  const held = make(online, { hold: ['A1'] });
  const { ids, changes } = decide(online, { confirm: held, payment });
  const paid = { confirmedBy: ids[0], paymentId: 'p1', paidAt: database.now };
  expect(changes.changed).toMatchObject([{ from: 'held', row: { id: held, status: 'booked', ...paid } }]);
  expect(changes.verdicts).toEqual([{ showId: online, paymentId: 'p1', bookingId: held, problem: null }]);
  expect(changes.outbox).toEqual([{ showId: online, kind: 'capture', data: { payment_id: 'p1', booking_id: held } }]);
  expect(changes.recorded).toEqual([
    {
      ...{ showId: online, id: ids[0], userId: 1, kind: 'confirm', status: 'succeeded', key: null },
      ...{ bookingId: held, problem: null },
    },
  ]);
});

test('a free hold of a show that is paid for online is confirmed without a payment', () => {
  change(online, { prices: { standard: 0 } });
  const held = make(online, { hold: ['A1'] });
  expect(decide(online, { confirm: held }).outcomes).toMatchObject([{ status: 'succeeded' }]);
  expect(database.bookings.get(held)).toMatchObject({ paymentId: null, paidAt: null, status: 'booked' });
});

test('confirming twice changes nothing the second time', () => {
  const held = make(free, { hold: ['A1'] });
  make(free, { confirm: held });
  const { outcomes, changes } = decide(free, { confirm: held });
  expect(outcomes).toMatchObject([{ status: 'succeeded', booking: { id: held, status: 'booked' } }]);
  expect(changes.changed).toEqual([]);
});

test('a payment that is refused is voided, and its verdict says why', () => {
  const held = make(online, { hold: ['A1'] });
  const { outcomes, changes } = decide(online, { confirm: held, payment: { ...payment, amount: 1 } });
  const [outcome] = outcomes;
  const refusal = outcome?.status === 'rejected' ? outcome.problem : null;
  expect(refusal?.code).toBe('payment_mismatch');
  expect(changes.verdicts).toEqual([{ showId: online, paymentId: 'p1', bookingId: held, problem: refusal }]);
  expect(changes.outbox).toEqual([{ showId: online, kind: 'void', data: { payment_id: 'p1', booking_id: held } }]);
});

test("a cancellation says who asked, when and why, and an administrator's is audited", () => {
  const first = make(free, { seats: ['A1'], user: 7 });
  const own = decide(free, { cancel: first, user: 7 });
  expect(own.changes).toMatchObject({
    changed: [
      {
        from: 'booked',
        row: { status: 'cancelled', cancelledAt: database.now, cancelledBy: own.ids[0], cancelReason: null },
      },
    ],
    ...{ audited: [], outbox: [] },
  });
  const second = make(free, { seats: ['A1'], user: 7 });
  const [request] = envelope(free, [{ cancel: second, user: 1, asAdmin: true }]);
  const { changes } = database.run([{ ...request, reason: 'Projector' } as NonNullable<typeof request>]);
  expect(changes.changed).toMatchObject([{ row: { cancelledBy: request?.id, cancelReason: 'Projector' } }]);
  const common = { show_id: free, user_id: 7, seats: ['A1'] };
  expect(changes.audited).toEqual([
    {
      ...{ showId: free, id: request?.id, actorId: 1, requestId: 'test', action: 'cancel', bookingId: second },
      ...{ before: { ...common, status: 'booked' }, after: { ...common, status: 'cancelled' } },
    },
  ]);
});

test('a booking that began as a hold can be cancelled after the hold would have ended, and its money is given back', () => {
  const held = make(online, { hold: ['A1'] });
  make(online, { confirm: held, payment });
  database.advance(600);
  const { outcomes, changes } = decide(online, { cancel: held });
  expect(outcomes).toMatchObject([{ status: 'succeeded', booking: { status: 'cancelled' } }]);
  expect(changes.outbox).toEqual([{ showId: online, kind: 'refund', data: { payment_id: 'p1', booking_id: held } }]);
});

test('cancelling twice changes nothing the second time', () => {
  const booking = make(free, { seats: ['A1'] });
  make(free, { cancel: booking });
  const { outcomes, changes } = decide(free, { cancel: booking, user: 2, asAdmin: true });
  expect(outcomes).toMatchObject([{ status: 'succeeded', booking: { id: booking, status: 'cancelled' } }]);
  expect(changes).toMatchObject({ changed: [], audited: [] });
});

test('a payment at the counter says who took it, with what and when, once, and is audited', () => {
  const booking = make(priced, { seats: ['A1'], user: 7 });
  const { changes } = decide(priced, { pay: booking, user: 3 });
  const paid = { paidAt: database.now, paidBy: 3, paidWith: 'cash' };
  expect(changes.changed).toMatchObject([{ from: 'booked', row: { id: booking, status: 'booked', ...paid } }]);
  const common = { show_id: priced, user_id: 7, seats: ['A1'], status: 'booked' };
  expect(changes.audited).toMatchObject([
    {
      ...{ action: 'pay', actorId: 3, bookingId: booking },
      before: { ...common, paid_at: null, paid_with: null },
      after: { ...common, paid_at: database.now, paid_with: 'cash' },
    },
  ]);
  const again = decide(priced, { pay: booking, user: 4 });
  expect(again.outcomes).toMatchObject([{ status: 'succeeded' }]);
  expect(again.changes).toMatchObject({ changed: [], audited: [] });
});

test('a checkout keeps the end that the hold had, and lasts at least as long as the payment', () => {
  const held = make(online, { hold: ['A1'], seconds: 60 });
  const heldUntil = database.bookings.get(held)?.expiresAt;
  const { changes } = decide(online, { checkout: held, seconds: 900 });
  const expiresAt = new Date(database.now.getTime() + 900_000);
  expect(changes.changed).toMatchObject([{ from: 'held', row: { id: held, status: 'held', heldUntil, expiresAt } }]);
  expect(decide(online, { checkout: held, seconds: 9_000 }).changes.changed).toEqual([]);
});

test('a request that is decided again gets its outcome from its row, or from the booking that it made', () => {
  const book = envelope(free, [{ seats: ['A1'] }]);
  const refused = envelope(free, [{ seats: ['A1'], user: 2 }]);
  const outcomes = [book, refused].flatMap((requests) => database.run(requests).outcomes);
  const [first, second] = [book, refused].map(([request]) => request as NonNullable<typeof request>);
  expect(first && recordedOutcome(first, database.read([first]))).toEqual(outcomes[0]);
  expect(second && recordedOutcome(second, database.read([second]))).toEqual(outcomes[1]);
  const [unknown] = envelope(free, [{ cancel: first?.id ?? '' }]);
  expect(unknown && recordedOutcome(unknown, database.read([unknown]))).toBeNull();
});
