import { expect, test } from 'vitest';
import type { BookingRow, VerdictRow } from './history.ts';
import { checkMoney } from './money.ts';
import { checkAudit } from './money-audit.ts';
import type { MoneyHistory, Movement, PaymentRow, PaymentSighting } from './money-history.ts';

type Amount = Partial<Pick<Movement, 'amount' | 'currency' | 'at'>>;

/** A booking of 20.00 EUR with one payment, which has come as far as these movements. */
function history(
  moves: Movement['what'][],
  { booking = {}, payment = {}, verdict = {}, told = [], more = {} }: Parts = {},
): MoneyHistory {
  const [isTaken, isOver] = [moves.includes('captured'), moves.includes('refunded')];
  const row: BookingRow = {
    ...{ id: 'b', show: 1, user: 7, seats: ['A1', 'A2'], decided: 0, expires: 100, heldUntil: 50, confirmedBy: 'c' },
    ...{
      status: isTaken ? (isOver ? 'cancelled' : 'booked') : 'expired',
      payment: isTaken ? 'p' : null,
      paid: isTaken,
    },
    ...{
      cancelled: isOver ? 90 : null,
      cancelledBy: null,
      cancelReason: null,
      total: 2_000,
      currency: 'EUR',
      ...booking,
    },
  };
  const status = moves.at(-1) ?? 'pending';
  const base = { id: 'p', booking: 'b', user: 7, amount: 2_000, currency: 'EUR' };
  const decided = verdict && {
    payment: 'p',
    show: 1,
    booking: 'b',
    code: isTaken ? null : 'hold_expired',
    decided: 20,
  };
  return {
    bookings: [row],
    payments: [{ ...base, show: 1, status, ...payment }],
    verdicts: decided && moves.length > 0 ? [{ ...decided, ...verdict }] : [],
    movements: moves.map((what, index) => moved(what, { at: 10 + index * 20 })),
    told: told.map((said, index) => ({ ...base, status: said, asked: index * 10, told: index * 10 + 5 })),
    ...{ forgottenEvents: [], leftInOutbox: 0 },
    ...more,
  };
}

interface Parts {
  booking?: Partial<BookingRow>;
  payment?: Partial<PaymentRow>;
  verdict?: Partial<VerdictRow> | null;
  told?: string[];
  more?: Partial<MoneyHistory>;
}

const moved = (what: Movement['what'], more: Amount = {}): Movement => ({
  ...{ what, payment: 'p', amount: 2_000, currency: 'EUR', at: 30, ...more },
});
const taken: Movement['what'][] = ['authorized', 'captured'];
const given: Movement['what'][] = [...taken, 'refunded'];
const released: Movement['what'][] = ['authorized', 'voided'];
const found = (history: MoneyHistory) =>
  checkMoney(history)
    .map(({ rule, text }) => `${rule}: ${text}`)
    .join('\n');

test.each<[what: string, moves: Movement['what'][], parts: Parts]>([
  ['a payment that nobody has made', [], { told: ['pending', 'pending'] }],
  ['one that failed', [], { payment: { status: 'failed' }, told: ['pending', 'failed'] }],
  ['one that was captured', taken, { told: ['pending', 'authorized', 'captured'] }],
  ['one that was refunded', given, { told: ['captured', 'refunded'] }],
  ['one that was released', released, { told: ['pending', 'voided'] }],
  [
    'one of another amount, which was released',
    released,
    {
      verdict: { code: 'payment_mismatch' },
      more: { movements: [moved('authorized', { amount: 1_999 }), moved('voided', { amount: 1_999 })] },
    },
  ],
])('nothing is found in %s', (_, moves, parts) => {
  expect(found(history(moves, parts))).toBe('');
});

test.each<[what: string, moves: Movement['what'][], parts: Parts, text: RegExp]>([
  ['a capture without a booking', taken, { booking: { status: 'cancelled' } }, /captured and not refunded.*cancelled/],
  ['two captures', [...taken, 'captured'], { payment: { status: 'captured' } }, /captured 2 times/],
  ['two refunds', [...given, 'refunded'], {}, /refunded 2 times/],
  ['a capture and a void', [...taken, 'voided'], { payment: { status: 'captured' } }, /captured and voided/],
  [
    'a refund of less',
    taken,
    { more: { movements: [...given.map((what) => moved(what)).slice(0, 2), moved('refunded', { amount: 1 })] } },
    /2000 was refunded as 1/,
  ],
  ['a refund of a booking that stays', given, { booking: { status: 'booked' } }, /refunded, and has booked/],
  [
    'a void of a booking that stays',
    released,
    { booking: { status: 'booked', payment: 'p' } },
    /voided, and has booked/,
  ],
  ['an authorisation that is left', ['authorized'], {}, /authorised, and left hanging/],
  ['money of an unknown payment', taken, { more: { payments: [] } }, /Boxoffice does not know it/],
  [
    'a row that the provider does not confirm',
    taken,
    { payment: { status: 'authorized' } },
    /is authorized, and to the provider captured/,
  ],
  [
    'a row of money that was never there',
    [],
    { payment: { status: 'captured' } },
    /is captured, and to the provider not paid/,
  ],
  ['a capture that nobody decided', given, { verdict: null }, /captured, and the line has not decided/],
  ['a capture before the decision', given, { verdict: { decided: 60 } }, /captured 30 ms before the line decided/],
  ['a capture of what was refused', given, { verdict: { code: 'hold_expired' } }, /the line refused it/],
  ['a void before the decision', released, { verdict: { decided: 90 } }, /voided 60 ms before the line decided/],
  ['a refusal of the right amount', released, { verdict: { code: 'payment_mismatch' } }, /which is right/],
  ['a refusal of what nobody has paid for', released, { verdict: { code: 'nothing_due' } }, /nothing has paid for it/],
  [
    'two accepted payments of a booking',
    given,
    { booking: { payment: 'other' } },
    /accepted for b, which other has paid for/,
  ],
  ['a booking that nobody paid for', [], { booking: { status: 'booked' } }, /booked, and nobody has paid/],
  [
    'a booking that costs more',
    taken,
    { booking: { total: 2_001 } },
    /2001 EUR is booked, and 2000 EUR were authorized/,
  ],
  ['a booking in another currency', taken, { booking: { currency: 'USD' } }, /booked, and 2000 EUR were authorized/],
  [
    'sums that differ by one',
    taken,
    { more: { movements: [moved('authorized'), moved('captured', { amount: 2_001 })] } },
    /keeps 2001 EUR, and what is booked costs 2000/,
  ],
  ['an event that was lost', [], { more: { forgottenEvents: ['evt_1'] } }, /evt_1 was answered as received/],
  ['rows in the outbox', [], { more: { leftInOutbox: 2 } }, /2 rows of the outbox/],
  [
    'a payment that was told and is gone',
    [],
    { told: ['pending'], more: { payments: [] } },
    /told to a client, and is not there/,
  ],
  ['an answer that the row contradicts', released, { told: ['captured'] }, /told as captured, and is voided/],
  [
    'an answer that goes back',
    taken,
    { told: ['captured', 'authorized'] },
    /told as captured, and later as authorized/,
  ],
  ['a payment of somebody else', [], { told: ['pending'], payment: { user: 8 } }, /of user 8 was shown to user 7/],
  ['a payment of another amount than was told', [], { told: ['pending'], payment: { amount: 1 } }, /told as 2000 EUR/],
])('%s is found', (_, moves, parts, text) => {
  expect(found(history(moves, parts))).toMatch(text);
});

test('an answer that was asked for before the state changed may be older', () => {
  const at = (status: string, asked: number, told: number): PaymentSighting => ({
    ...{ id: 'p', user: 7, booking: 'b', amount: 2_000, currency: 'EUR', status, asked, told },
  });
  const overlapping = history(taken, { more: { told: [at('captured', 0, 10), at('authorized', 5, 12)] } });
  expect(found(overlapping)).toBe('');
});

test('what the audit of the database finds is found, and sums that are not those of the provider', () => {
  const totals = new Map([['EUR', { authorized: 30, captured: 20, voided: 10, refunded: 5 }]]);
  const sums = (booked: number) => ({ currencies: [{ currency: 'EUR', captured: 20, refunded: 5, booked }] });
  expect(checkAudit({ violations: [], ...sums(15) }, totals)).toEqual([]);
  const broken = checkAudit(
    { violations: [{ rule: 'captured and voided', payment: 'p', booking: 'b' }], ...sums(16) },
    totals,
  );
  expect(broken.map(({ text }) => text)).toEqual([
    'the audit of the database says: captured and voided: payment p, booking b',
    'the audit of the database says: booked 16 EUR, and at the provider 15',
  ]);
  expect(checkAudit({ violations: [], currencies: [] }, totals).length).toBe(3);
});
