import type { AdminPayment } from '@boxoffice/client';
import { formatMoney } from '../../lib/money.ts';

export const statuses: Record<AdminPayment['status'], string> = {
  pending: 'Pending',
  authorized: 'Authorised',
  captured: 'Captured',
  refunded: 'Refunded',
  voided: 'Voided',
  failed: 'Failed',
};

export const priceOf = ({ amount, currency }: Pick<AdminPayment, 'amount' | 'currency'>): string =>
  formatMoney(amount, currency);

/** Whether there is money that can be given back, and nobody has asked for that yet. */
export const isRefundable = ({ status, refund_reason: reason }: AdminPayment): boolean =>
  (status === 'authorized' || status === 'captured') && reason === null;

const attentions: Record<string, { short: string; advice: string }> = {
  amount_mismatch: {
    short: 'another amount',
    advice:
      'The provider reported another amount or currency than the booking costs, so the money was not taken. Find out who changed it.',
  },
  booked_without_money: {
    short: 'booked without money',
    advice:
      'The seats are booked, but the money was refunded, released or never came. Ask for it at the counter, or cancel the booking.',
  },
  capture_declined: {
    short: 'capture declined',
    advice:
      'The provider refuses to take the money. See its dashboard; then ask for the money at the counter, or cancel the booking.',
  },
  refund_declined: {
    short: 'refund declined',
    advice:
      'The provider refuses the refund, for example because the account has no balance. It is tried again every hour; or refund in another way.',
  },
  refund_failed: {
    short: 'refund failed',
    advice:
      'The money came back from the bank of the buyer, for example because the account is closed, and was not given back. Pay it in another way; then say here that you have.',
  },
  void_declined: {
    short: 'release declined',
    advice:
      'The provider refuses to release the money. See its dashboard; authorisations end by themselves after some days.',
  },
};

/** Why a person should look at a payment, in short and as advice; null when nobody needs to. */
export function attentionOf({ attention }: AdminPayment): { short: string; advice: string } | null {
  if (attention === null) return null;
  const known = attentions[attention];
  if (known) return known;
  const short = attention.replaceAll('_', ' ');
  return {
    short,
    advice: `The provider cannot use our request (${short}). Check its settings, such as the key; it is tried again every hour.`,
  };
}
