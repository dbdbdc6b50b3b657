import type { Totals } from '../provider/ledger.ts';
import type { Violation } from './history.ts';

/** What `pnpm audit:money` has found in the database. */
export interface Audit {
  violations: { rule: string; payment: string | null; booking: string | null }[];
  currencies: { currency: string; captured: number; refunded: number; booked: number }[];
}

/** The audit of the database finds nothing, and its sums are those of the provider's book: to the minor unit. */
export function checkAudit({ violations, currencies }: Audit, totals: ReadonlyMap<string, Totals>): Violation[] {
  const sums = new Map(currencies.map((sum) => [sum.currency, sum]));
  const texts = [
    ...violations.map(({ rule, payment, booking }) => `${rule}: payment ${payment}, booking ${booking}`),
    ...[...new Set([...sums.keys(), ...totals.keys()])].flatMap((currency) => {
      const { captured = 0, refunded = 0 } = totals.get(currency) ?? {};
      const sum = sums.get(currency) ?? { captured: 0, refunded: 0, booked: 0 };
      const [there, here] = [{ captured, refunded, booked: captured - refunded }, sum];
      return (['captured', 'refunded', 'booked'] as const).flatMap((what) =>
        here[what] === there[what] ? [] : `${what} ${here[what]} ${currency}, and at the provider ${there[what]}`,
      );
    }),
  ];
  return texts.map((text) => ({ rule: 'money', text: `the audit of the database says: ${text}` }));
}
