import { StripeBook } from '@boxoffice/testing/stripe-book';
import type { Stripe } from 'stripe';
import { expect, test } from 'vitest';
import { eventOf } from './reports.ts';

test('events of a refund that fails name the payment and ask for attention, others do not', () => {
  const book = new StripeBook();
  const { session, intent } = book.addCaptured('payment-1', 1_000, 'eur');
  const events = book.failRefund(session) as Stripe.Event[];
  const named = { paymentId: 'payment-1', intent, report: null };
  expect(events.map(({ type }) => type)).toEqual(['refund.updated', 'charge.refund.updated', 'refund.failed']);
  for (const event of events) expect(eventOf(event)).toMatchObject({ ...named, attention: 'refund_failed' });
  const [updated] = events;
  Object.assign(updated?.data.object ?? {}, { status: 'succeeded' });
  expect(eventOf(updated as Stripe.Event)).not.toHaveProperty('attention');
});
