/** Why bookings are not confirmed, paid or cancelled, in the words that people read. */
import { problem } from '@boxoffice/shared/contracts/problems';
import { beforeEach, describe, expect, test } from 'vitest';
import { free, online, openModel, payment, priced } from '../../test/open-model.ts';
import type { ShowRow } from './state.ts';

let { database, decide, make, refusal, change } = openModel();
beforeEach(() => {
  ({ database, decide, make, refusal, change } = openModel());
});

const soon = (seconds: number) => new Date(database.now.getTime() + seconds * 1_000);

describe('a confirmation', () => {
  let held: string;
  beforeEach(() => {
    held = make(priced, { hold: ['A1', 'A2'] });
  });

  test("of another user's hold, or of none", () => {
    expect(refusal(priced, { confirm: held, user: 2 })).toEqual(problem('booking_not_found'));
    expect(refusal(priced, { confirm: 'none' })).toEqual(problem('booking_not_found'));
  });

  test('when the show is gone, or cancelled, even if the hold was confirmed before', () => {
    const cancelled = problem('show_cancelled', 'The show has been cancelled. Its seats are no longer sold.');
    change(priced, { isCancelled: true });
    expect(refusal(priced, { confirm: held })).toEqual(cancelled);
    change(priced, {});
    expect(refusal(priced, { confirm: held })).toBeNull();
    change(priced, { isCancelled: true });
    expect(refusal(priced, { confirm: held })).toEqual(cancelled);
    const other = make(free, { hold: ['A1'] });
    database.shows.delete(free);
    expect(refusal(free, { confirm: other })).toEqual(problem('show_not_found', 'The show no longer exists.'));
  });

  test('of a hold that was released', () => {
    expect(refusal(priced, { cancel: held }, { confirm: held })).toEqual(
      problem('hold_expired', 'The hold was released.'),
    );
  });

  test('of a hold that has ended, after its seats were sold, or are no longer there', () => {
    const gone = problem('hold_expired', 'The hold has ended, and its seats are no longer free.');
    database.advance(600);
    expect(refusal(priced, { seats: ['A2'], user: 2 }, { confirm: held })).toEqual(gone);
    const other = make(free, { hold: ['B3'] });
    database.advance(600);
    change(free, { total_seats: 5 });
    expect(refusal(free, { confirm: other })).toEqual(gone);
  });

  test('of a hold that has ended, when its seats have another price, category or currency', () => {
    const changed = problem(
      'price_changed',
      'The hold has ended, and its seats have another price now. Hold them again.',
    );
    change(priced, { prices: { standard: 1_000 } });
    expect(refusal(priced, { confirm: held })).toBeNull(); // while it lasts, its price is what was agreed
    held = make(priced, { hold: ['B1'] });
    database.advance(600);
    const vip = { rows: ['vvv', 'vvv'], legend: { v: { category: 'vip' } } };
    const prices = { standard: 1_000, vip: 1_000 };
    for (const fields of [{}, { prices: null }, { prices, currency: 'JPY' }, { prices, layout: vip }]) {
      change(priced, fields);
      expect(refusal(priced, { confirm: held })).toEqual(changed);
    }
    change(priced, { prices: { standard: 1_000 } });
    expect(refusal(priced, { confirm: held })).toBeNull();
  });

  test('of a hold that has ended, for any other reason for which its seats are not sold', () => {
    database.advance(600);
    change(priced, { salesCloseAt: soon(0) });
    expect(refusal(priced, { confirm: held })?.code).toBe('sales_closed');
    change(priced, { maxSeatsPerUser: 1 });
    expect(refusal(priced, { confirm: held })?.code).toBe('limit_reached');
  });

  test('with a payment of another amount or currency, or for what is booked already', () => {
    const paid = make(online, { hold: ['A1'] });
    expect(refusal(online, { confirm: paid, payment: { ...payment, amount: 1 } })).toEqual(
      problem('payment_mismatch', 'The payment is of 1 EUR, in minor units, but the booking costs 900 EUR.'),
    );
    const nothing = make(free, { hold: ['A1'] });
    expect(refusal(free, { confirm: nothing, payment: { ...payment, id: 'p2' } })).toEqual(
      problem('payment_mismatch', 'The payment is of 900 EUR, in minor units, but the booking is free of charge.'),
    );
    make(online, { confirm: paid, payment: { ...payment, id: 'p3' } });
    expect(refusal(online, { confirm: paid, payment: { ...payment, id: 'p4' } })).toEqual(
      problem('nothing_due', 'It is booked already, without this payment.'),
    );
  });
});

describe('a checkout', () => {
  const checkout = (show: number, booking: string) => refusal(show, { checkout: booking });

  test.each<[string, number, Partial<ShowRow> | null, ReturnType<typeof problem>]>([
    ['of a show that is gone', online, null, problem('show_not_found', 'The show was taken off the programme.')],
    [
      'of a cancelled show',
      online,
      { isCancelled: true },
      problem('show_cancelled', 'The show is cancelled. Its seats are not sold.'),
    ],
    ['at the counter', priced, {}, problem('nothing_due', 'This show is paid for at the counter.')],
    ['of free seats', free, {}, problem('nothing_due', 'The seats are free of charge: confirm the booking.')],
  ])('%s', (_, show, fields, expected) => {
    const held = make(show, { hold: ['A1'] });
    if (fields) change(show, fields);
    else database.shows.delete(show);
    expect(checkout(show, held)).toEqual(expected);
  });

  test('of what is no hold any more', () => {
    const [booked, released, over] = [['A1'], ['A2'], ['A3']].map((hold) => make(online, { hold }));
    make(online, { confirm: booked ?? '', payment });
    decide(online, { cancel: released ?? '' });
    expect(checkout(online, booked ?? '')).toEqual(problem('nothing_due', 'It is booked.'));
    expect(checkout(online, released ?? '')).toEqual(problem('hold_expired'));
    database.advance(600);
    expect(checkout(online, over ?? '')).toEqual(problem('hold_expired'));
    database.expireHolds();
    expect(checkout(online, over ?? '')).toEqual(problem('hold_expired'));
    expect(refusal(online, { checkout: booked ?? '', user: 2 })).toEqual(problem('booking_not_found'));
    expect(checkout(online, 'none')).toEqual(problem('booking_not_found'));
  });
});

describe('a cancellation', () => {
  test('of nothing, of what somebody else has booked, and of a hold that has ended', () => {
    const held = make(free, { hold: ['A1'] });
    expect(refusal(free, { cancel: 'none', asAdmin: true })).toEqual(problem('booking_not_found'));
    expect(refusal(free, { cancel: held, user: 2 })).toEqual(problem('booking_not_found'));
    database.advance(600);
    const over = problem('hold_expired', 'The hold has expired.');
    expect(refusal(free, { cancel: held })).toEqual(over);
    database.expireHolds();
    expect(refusal(free, { cancel: held, user: 2, asAdmin: true })).toEqual(over);
  });

  test('of a paid booking, once the show has started', () => {
    const booking = make(online, { hold: ['A1'] });
    make(online, { confirm: booking, payment });
    change(online, { startsAt: soon(0) });
    expect(refusal(online, { cancel: booking })).toEqual(
      problem('show_started', 'The show has started. It is not refunded any more.'),
    );
    const unpaid = make(free, { seats: ['A1'] });
    change(free, { startsAt: soon(0) });
    expect(refusal(free, { cancel: unpaid })).toBeNull();
    database.shows.delete(online);
    expect(refusal(online, { cancel: booking })).toBeNull();
  });
});

describe('a payment at the counter', () => {
  test('of nothing, of what is not booked, of a cancelled show, and of free seats', () => {
    const held = make(priced, { hold: ['A1'] });
    expect(refusal(priced, { pay: 'none' })).toEqual(problem('booking_not_found'));
    expect(refusal(priced, { pay: held })).toEqual(problem('nothing_due', 'The booking is held.'));
    const booked = make(priced, { seats: ['B1'] });
    change(priced, { isCancelled: true });
    expect(refusal(priced, { pay: booked })).toEqual(problem('nothing_due', 'The show is cancelled.'));
    database.shows.delete(priced);
    expect(refusal(priced, { pay: booked })).toBeNull();
    expect(refusal(free, { pay: make(free, { seats: ['A1'] }) })).toEqual(
      problem('nothing_due', 'The seats are free of charge.'),
    );
  });
});
