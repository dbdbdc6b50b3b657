import { ProviderError } from '../provider.ts';

/** Currencies of which Stripe takes whole units, although some have minor ones. */
const withoutMinorUnits = new Set([
  'BIF',
  'CLP',
  'DJF',
  'GNF',
  'JPY',
  'KMF',
  'KRW',
  'MGA',
  'PYG',
  'RWF',
  'VND',
  'VUV',
  'XAF',
  'XOF',
  'XPF',
]);
/** Of these Stripe takes thousandths, the last digit of which must be 0. */
const withThousandths = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

function stripeDigits(currency: string): number {
  if (withoutMinorUnits.has(currency)) return 0;
  return withThousandths.has(currency) ? 3 : 2; // also ISK and UGX, which have no minor units
}

/** The digits of a currency's minor unit, as everywhere in Boxoffice. */
function ourDigits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** @throws {ProviderError} ours, when Stripe cannot take this amount */
export function toStripeAmount(amount: number, currency: string): number {
  const converted = amount * 10 ** (stripeDigits(currency) - ourDigits(currency));
  const isTaken = Number.isInteger(converted) && (!withThousandths.has(currency) || converted % 10 === 0);
  if (!isTaken) throw new ProviderError('ours', `Stripe cannot take ${amount} ${currency}, in minor units`);
  return converted;
}

export function fromStripeAmount(amount: number, currency: string): number {
  return amount * 10 ** (ourDigits(currency) - stripeDigits(currency));
}
