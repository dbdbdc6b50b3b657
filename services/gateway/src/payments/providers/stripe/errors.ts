import { Stripe } from 'stripe';
import { ProviderError } from '../provider.ts';

/** Codes of invalid requests that say something about the payment, not about our code. */
const declinedCodes = new Set([
  ...['payment_intent_unexpected_state', 'charge_already_refunded', 'charge_disputed', 'charge_expired_for_capture'],
  ...['insufficient_funds', 'balance_insufficient', 'amount_too_large', 'charge_not_refundable', 'resource_missing'],
]);
/** The first attempt is still in progress. */
const busyCodes = new Set(['idempotency_key_in_use', 'lock_timeout']);

/** Whether a response is the stored one of an idempotency key. Stripe keeps them for a day, errors too. */
export const isReplayed = (headers: Record<string, unknown> | undefined) => headers?.['idempotent-replayed'] === 'true';

/** Sorts an error of Stripe's library. Keeps its code only: messages can quote what was sent. */
export function providerError(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  if (!(error instanceof Stripe.errors.StripeError)) return new ProviderError('ours', (error as Error).name);
  const { type, code, statusCode } = error;
  const details = { isReplayed: isReplayed(error.headers) };
  const text = `Stripe: ${[type, code, statusCode].filter(Boolean).join(' ')}`;
  if (busyCodes.has(code ?? '')) return new ProviderError('retry', text);
  if (error instanceof Stripe.errors.StripeCardError || declinedCodes.has(code ?? ''))
    return new ProviderError('declined', text, details);
  const passes =
    error instanceof Stripe.errors.StripeConnectionError ||
    error instanceof Stripe.errors.StripeRateLimitError ||
    error instanceof Stripe.errors.StripeAPIError ||
    (statusCode ?? 500) >= 500 ||
    statusCode === 429;
  return new ProviderError(passes ? 'retry' : 'ours', text, details);
}
