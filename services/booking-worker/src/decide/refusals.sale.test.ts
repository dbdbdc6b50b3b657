/** Why seats are not sold, in the words that people read. */
import { problem } from '@boxoffice/shared/contracts/problems';
import { beforeEach, describe, expect, test } from 'vitest';
import { free, online, openModel, priced } from '../../test/open-model.ts';
import type { ShowRow } from './state.ts';

let { make, refusal, change } = openModel();
beforeEach(() => {
  ({ make, refusal, change } = openModel());
});

describe('a sale', () => {
  test.each<[string, Partial<ShowRow>, ReturnType<typeof problem> | null]>([
    [
      'of a cancelled show',
      { isCancelled: true },
      problem('show_cancelled', 'The show has been cancelled. Its seats are no longer sold.'),
    ],
    [
      'of a show that starts now',
      { startsAt: new Date('2030-01-01T12:00:00Z') },
      problem('show_started', 'The show has started. Its seats are no longer sold.'),
    ],
    ['of a show that starts in a moment', { startsAt: new Date('2030-01-01T12:00:00.001Z') }, null],
    [
      'before sales begin',
      { salesOpenAt: new Date('2030-01-01T12:00:00.001Z') },
      problem('sales_not_open', 'Sales of this show begin at 2030-01-01T12:00:00.001Z.'),
    ],
    ['when sales begin', { salesOpenAt: new Date('2030-01-01T12:00:00Z') }, null],
    [
      'when sales end',
      { salesCloseAt: new Date('2030-01-01T12:00:00Z') },
      problem('sales_closed', 'Sales of this show ended at 2030-01-01T12:00:00.000Z.'),
    ],
    ['before sales end', { salesCloseAt: new Date('2030-01-01T12:00:00.001Z') }, null],
  ])('%s', (_, fields, expected) => {
    change(free, fields);
    expect(refusal(free, { seats: ['A1'] })).toEqual(expected);
    expect(refusal(free, { hold: ['A2'] })).toEqual(expected);
  });

  test('of a show that is gone', () => {
    expect(refusal(3, { seats: ['A1'] })).toEqual(problem('show_not_found', 'The show no longer exists.'));
  });

  test('of one seat that is taken', () => {
    expect(refusal(free, { seats: ['A1'] }, { seats: ['A1'], user: 2 })).toEqual(
      problem('seat_taken', 'Seat A1 is taken.', { seats: ['A1'] }),
    );
  });

  test('of several seats that are taken', () => {
    expect(refusal(free, { seats: ['A1', 'B1'] }, { seats: ['A1', 'A2', 'B1'], user: 2 })).toEqual(
      problem('seat_taken', 'Seats A1, B1 are taken.', { seats: ['A1', 'B1'] }),
    );
  });

  test('of seats that the show no longer has', () => {
    expect(refusal(free, { hold: ['B4', 'A1', 'C1'] })).toEqual(
      problem('validation_failed', 'The show no longer has seats B4, C1.'),
    );
  });

  test('of more seats than a user may have, which are counted until they are cancelled', () => {
    const first = make(priced, { seats: ['A1', 'A2'] });
    const limited = problem('limit_reached', 'A user can hold and book at most 3 seats of this show.');
    expect(refusal(priced, { hold: ['B1', 'B2'] })).toEqual(limited);
    expect(refusal(priced, { hold: ['B1', 'B2'], user: 2 }, { hold: ['B3'] })).toBeNull();
    expect(refusal(priced, { seats: ['A3'] })).toEqual(limited);
    expect(refusal(priced, { cancel: first }, { seats: ['A3'] })).toBeNull();
  });

  test('that would leave a single seat free', () => {
    change(free, { forbidSingleSeats: true });
    expect(refusal(free, { seats: ['A1', 'A3'] })).toEqual(
      problem('leaves_single_seat', 'Seat A2 would be left free between taken seats.', { seats: ['A2'] }),
    );
    change(free, { forbidSingleSeats: false });
    expect(refusal(free, { seats: ['A1', 'A3'] })).toBeNull();
  });

  test('of the best seats, when every one of them would leave a single seat free', () => {
    change(free, { forbidSingleSeats: true, total_seats: 4, seats_per_row: 4 });
    make(free, { seats: ['A1', 'A4'] });
    expect(refusal(free, { hold: { count: 1 } })).toEqual(
      problem('no_seats_together', 'All such seats together would leave a single seat free between taken ones.'),
    );
    expect(refusal(free, { hold: { count: 2 } })).toBeNull();
  });

  test('of more seats together than are free together', () => {
    change(free, { total_seats: 5, seats_per_row: 5 });
    const held = make(free, { hold: ['A2'] });
    expect(refusal(free, { hold: { count: 4 } })).toEqual(
      problem('no_seats_together', 'There are no 4 such seats together. At most 3 are free together.'),
    );
    expect(refusal(free, { hold: { count: 4 }, replace: true }, { confirm: held })?.code).toBe('hold_expired');
    make(free, { hold: ['A5'] });
    expect(refusal(free, { hold: { count: 1 } })).toEqual(problem('no_seats_together', 'No such seat is free.'));
  });

  test('for another price than was expected', () => {
    const dearer = problem('price_changed', 'The seats now cost 1800, in minor units of EUR.');
    expect(refusal(priced, { hold: ['A1', 'A2'], expected_total: 900 })).toEqual(dearer);
    expect(refusal(priced, { hold: ['A1', 'A2'], expected_total: 1_800 })).toBeNull();
    const nothing = problem('price_changed', 'The seats are now free of charge.');
    expect(refusal(free, { hold: ['A1'], expected_total: 900 })).toEqual(nothing);
    expect(refusal(free, { hold: ['A1'], expected_total: 0 })).toBeNull();
  });

  test('without a payment, of a show that is paid for online', () => {
    const required = problem('payment_required', 'This show is paid for online: hold the seats, and pay for them.');
    expect(refusal(online, { seats: ['A1'] })).toEqual(required);
    const held = make(online, { hold: ['A1'] });
    expect(refusal(online, { confirm: held })).toEqual(required);
    expect(refusal(priced, { seats: ['A1'] })).toBeNull();
  });
});
