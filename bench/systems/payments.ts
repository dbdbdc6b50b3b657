import { startStripeStandIn } from '@boxoffice/testing/stripe-stand-in';
import type { Cleanup } from './cleanup.ts';

/** From the checkout to its payment, in milliseconds. */
const buyerTakesMs = 200;

/**
 * Starts a stand-in for Stripe, whose buyers pay soon after they have a checkout. It runs in this process, whose CPU
 * time is not counted.
 */
export async function startPayments(cleanup: Cleanup) {
  let gateway = '';
  const stripe = await startStripeStandIn({
    onSession(id) {
      setTimeout(() => {
        for (const event of stripe.book.pay(id)) void stripe.deliver(gateway, event).catch(() => undefined);
      }, buyerTakesMs);
    },
  });
  cleanup.add(() => stripe.stop());
  return {
    /** The gateway's environment. */
    env: { ...stripe.env, STRIPE_ALLOW_TEST_KEYS: 'true', PAYMENT_CALLS_PER_SECOND: '1000' },
    deliverTo(url: string) {
      gateway = url;
    },
  };
}
