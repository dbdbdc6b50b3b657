import { setTimeout as delay } from 'node:timers/promises';
import { startStripeStandIn } from '@boxoffice/testing/stripe-stand-in';
import type { Cleanup } from './cleanup.ts';

/** From the checkout to its payment, in milliseconds. */
const buyerTakesMs = 200;
/** Between two attempts to deliver an event, in milliseconds. */
const redeliveryMs = 500;

/**
 * Starts a stand-in for Stripe, whose buyers pay soon after they have a checkout. It runs in this process, whose CPU
 * time is not counted.
 */
export async function startPayments(cleanup: Cleanup) {
  let gateway = '';
  const stripe = await startStripeStandIn({
    onSession(id) {
      setTimeout(() => {
        for (const event of stripe.book.pay(id)) void deliver(event);
      }, buyerTakesMs);
    },
  });
  let isStopped = false;
  /** Delivers an event until the gateway has it, as Stripe does. */
  async function deliver(event: object): Promise<void> {
    while (!isStopped) {
      const { ok } = await stripe.deliver(gateway, event).catch(() => ({ ok: false }));
      if (ok) return;
      await delay(redeliveryMs);
    }
  }
  cleanup.add(async () => {
    isStopped = true;
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
