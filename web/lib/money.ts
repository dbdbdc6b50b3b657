/** Amounts as text. The API counts in minor units, of which every currency has its own: JPY none, EUR 2, KWD 3. */

const formats = new Map<string, Intl.NumberFormat>();

/** `€12.50`, `JP¥1,200`, `KWD 4.500` */
export function formatMoney(amount: number, currency: string): string {
  const format = formats.get(currency) ?? new Intl.NumberFormat('en-GB', { style: 'currency', currency });
  formats.set(currency, format);
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/** `€9.00`, or `€9.00 – €12.00` if the amounts differ. */
export function formatMoneyRange(amounts: number[], currency: string): string {
  const lowest = Math.min(...amounts);
  const highest = Math.max(...amounts);
  const bounds = lowest === highest ? [lowest] : [lowest, highest];
  return bounds.map((amount) => formatMoney(amount, currency)).join(' – ');
}
