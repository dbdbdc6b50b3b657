import type { Show } from '@boxoffice/client';
import { formatMoneyRange } from '../lib/money.ts';

/** `€9.00 – €12.50`; null when the show is free. */
export function priceRange({ prices, currency }: Show): string | null {
  const amounts = Object.values(prices ?? {});
  return currency && amounts.length > 0 ? formatMoneyRange(amounts, currency) : null;
}
