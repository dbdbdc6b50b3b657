import { expect, test } from 'vitest';
import type { BookingRow, History, OutcomeRow, VerdictRow } from './history.ts';
import { history, holdOf, operation, put, rules } from './made-up-history.ts';

/** A hold until 100 that its payment has extended until 150. */
function begun(
  row: Partial<BookingRow>,
  { outcomes = [], verdict }: { outcomes?: string[]; verdict?: Partial<VerdictRow> },
) {
  const hold = holdOf(0, 1, 100);
  const id = hold.ids[0] ?? '';
  const checkout = operation(
    10,
    12,
    { status: 'succeeded', booking: id },
    { kind: 'checkout', target: id, user: hold.user },
  );
  const found: History = history([hold, checkout]);
  const online = { id: 1, price: 1_000, limit: null, isOnline: true, cancellation: null };
  Object.assign(found, { shows: [online], readAt: 1_000 });
  put(found, checkout, 11);
  put(found, hold, 0, { expires: 150, heldUntil: 100, total: 1_000, currency: 'EUR', ...row });
  const confirmed = outcomes.map(
    (request, index): OutcomeRow => ({
      ...{ id: request, show: 1, user: hold.user, kind: 'confirm', status: 'succeeded', code: null, booking: id },
      ...{ decided: 120 + index * 100, taken: null, key: null },
    }),
  );
  found.outcomes.push(...confirmed);
  found.verdicts = verdict ? [{ payment: 'p', show: 1, booking: id, code: null, decided: 120, ...verdict }] : [];
  return found;
}
const paid: Partial<BookingRow> = { status: 'booked', confirmedBy: 'c1', payment: 'p', paid: true };

test('a payment may confirm its hold without its user, until the extended end, and as often as it likes', () => {
  expect(rules(begun(paid, { outcomes: ['c1'], verdict: {} }))).toEqual([]);
  expect(rules(begun(paid, { outcomes: ['c1', 'c2'], verdict: {} }))).toEqual([]);
});

test('a payment may be refused for its amount, or because the hold has ended and its seats are gone', () => {
  expect(rules(begun({ status: 'expired' }, { verdict: { code: 'payment_mismatch' } }))).toEqual([]);
  expect(rules(begun({ status: 'expired' }, { verdict: { code: 'hold_expired', decided: 120 } }))).toEqual(['holds']);
  expect(rules(begun({ status: 'expired' }, { verdict: { code: 'hold_expired', decided: 160 } }))).toEqual(['holds']);
});

test('a hold that was booked by nobody is found', () => {
  expect(rules(begun({ ...paid, confirmedBy: null }, {}))).toContain('holds');
});

test('a confirmation of another show than one that is paid for online must have been asked for', () => {
  const counter = begun(paid, { outcomes: ['c1'] });
  counter.shows = counter.shows.map((show) => ({ ...show, isOnline: false }));
  expect(rules(counter)).toContain('rows');
});

test('a payment that could not begin in time is found, and one that gave the hold no more time', () => {
  const refused = begun({ status: 'expired' }, {});
  for (const row of refused.outcomes) Object.assign(row, { status: 'rejected', code: 'hold_expired', booking: null });
  for (const { kind, sightings } of refused.operations)
    if (kind === 'checkout')
      sightings.splice(0, 1, {
        asked: 10,
        told: 12,
        what: { status: 'rejected', code: 'hold_expired' },
        by: 'poll',
        gateway: 0,
      });
  expect(rules(refused)).toEqual(['holds']);
  expect(rules(begun({ status: 'expired', heldUntil: null, expires: 100 }, {}))).toEqual(['holds']);
});
