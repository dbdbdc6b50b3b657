import type { Stripe } from 'stripe';
import type { PaymentReport, ProviderEvent } from '../provider.ts';
import { fromStripeAmount } from './amounts.ts';

const idOf = (object: string | { id: string } | null | undefined) =>
  typeof object === 'string' ? object : (object?.id ?? null);

/** The state of a payment, from Stripe's object for the money. */
export function reportOfIntent(intent: Stripe.PaymentIntent): PaymentReport {
  const currency = intent.currency.toUpperCase();
  const report = (status: PaymentReport['status'], amount: number): PaymentReport => ({
    status,
    intent: intent.id,
    amount: fromStripeAmount(amount, currency),
    currency,
  });
  if (intent.status === 'requires_capture') return report('authorized', intent.amount_capturable);
  if (intent.status === 'canceled') return report('voided', intent.amount);
  if (intent.status !== 'succeeded') return report('pending', intent.amount);
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  return report(charge?.refunded ? 'refunded' : 'captured', intent.amount_received);
}

/** The state of a payment, from the checkout with the money in it. */
export function reportOfSession(session: Stripe.Checkout.Session): PaymentReport {
  const { payment_intent: intent, status, id: reference } = session;
  if (intent && typeof intent === 'object') {
    const report = reportOfIntent(intent);
    if (report.status !== 'pending' && !(report.status === 'voided' && status === 'expired'))
      return { ...report, reference };
  }
  return { status: status === 'expired' ? 'failed' : 'pending', reference };
}

/** An event as we need it. A report of the money is complete; of a checkout's completion, only that it must be looked up. */
export function eventOf(event: Stripe.Event): ProviderEvent {
  const common = { id: event.id, kind: event.type as string, paymentId: null, reference: null, intent: null };
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.expired': {
      const { id: reference, client_reference_id: paymentId, payment_intent } = event.data.object;
      const report = event.type === 'checkout.session.expired' ? ({ status: 'failed', reference } as const) : null;
      return { ...common, reference, paymentId, intent: idOf(payment_intent), report };
    }
    case 'payment_intent.amount_capturable_updated':
    case 'payment_intent.succeeded':
    case 'payment_intent.canceled': {
      const intent = event.data.object;
      const paymentId = intent.metadata.payment_id ?? null;
      return { ...common, paymentId, intent: intent.id, report: reportOfIntent(intent) };
    }
    case 'charge.refunded': {
      const charge = event.data.object;
      const currency = charge.currency.toUpperCase();
      const amount = fromStripeAmount(charge.amount_refunded, currency);
      const report = charge.refunded ? ({ status: 'refunded', amount, currency } as const) : null;
      return { ...common, paymentId: charge.metadata.payment_id ?? null, intent: idOf(charge.payment_intent), report };
    }
    case 'refund.failed':
    case 'refund.updated':
    case 'charge.refund.updated': {
      const { status, metadata, payment_intent } = event.data.object;
      const named = { paymentId: metadata?.payment_id ?? null, intent: idOf(payment_intent) };
      const hasFailed = status === 'failed' || status === 'canceled';
      return { ...common, ...named, report: null, ...(hasFailed && { attention: 'refund_failed' }) };
    }
    default:
      return { ...common, report: null };
  }
}
