import type { Booking } from '@boxoffice/client';
import { formatMoney } from '../lib/money.ts';

/** What is still to be paid for a booking, e.g. `€25.00`; null when nothing is. */
export function dueOf({ total, paid_at: paidAt }: Pick<Booking, 'total' | 'paid_at'>): string | null {
  return total && total.amount > 0 && !paidAt ? formatMoney(total.amount, total.currency) : null;
}

/** `K7QM-3XZ9`: two short groups are easier to read out. The counter accepts it with and without the hyphen. */
export const formatCode = (code: string): string => code.replace(/^(.{4})(?=.)/, '$1-');
