import type { IncomingHttpHeaders } from 'node:http';
import { Stripe } from 'stripe';
import {
  type CheckoutOrder,
  InvalidEvent,
  type PaymentProvider,
  type PaymentReport,
  ProviderError,
  type ProviderEvent,
  type ProviderPayment,
} from '../provider.ts';
import { toStripeAmount } from './amounts.ts';
import { isReplayed, providerError } from './errors.ts';
import { eventOf, reportOfIntent, reportOfSession } from './reports.ts';

/** What this code was written for. Stripe keeps answering in this version until the constant is changed. */
const stripeApiVersion = '2026-10-28.endive';
/** How long a call may take, in milliseconds. */
const timeoutMs = 8_000;
/** How old an event may be, in seconds: a recorded one cannot be sent again later. */
const toleranceSeconds = 300;
/** How long a checkout stays open: Stripe's least, and a reserve for calls that are made again. In milliseconds. */
const checkoutMs = 35 * 60_000;

/** Stripe's Checkout, with the money authorised first and captured later. Card data never reaches Boxoffice. */
export class StripeProvider implements PaymentProvider {
  readonly name = 'stripe';
  readonly #stripe: Stripe;
  readonly #webhookSecret: string;

  constructor(options: { secretKey: string; webhookSecret: string; apiUrl: string }) {
    const { protocol, hostname, port } = new URL(options.apiUrl);
    this.#webhookSecret = options.webhookSecret;
    this.#stripe = new Stripe(options.secretKey, {
      apiVersion: stripeApiVersion,
      timeout: timeoutMs,
      maxNetworkRetries: 0, // calls are made again by us, from what PostgreSQL remembers
      telemetry: false,
      host: hostname,
      protocol: protocol === 'http:' ? 'http' : 'https',
      ...(port && { port }),
    });
  }

  createCheckout(order: CheckoutOrder): Promise<{ reference: string; url: string }> {
    const metadata = { payment_id: order.id, booking_id: order.bookingId };
    return this.#call(async () => {
      const session = await this.#stripe.checkout.sessions.create(
        {
          mode: 'payment',
          client_reference_id: order.id,
          success_url: order.returnUrl,
          cancel_url: order.returnUrl,
          expires_at: Math.floor((order.createdAt.getTime() + checkoutMs) / 1_000),
          payment_intent_data: { capture_method: 'manual', metadata },
          metadata,
          line_items: [
            {
              quantity: 1,
              price_data: {
                currency: order.currency.toLowerCase(),
                unit_amount: toStripeAmount(order.amount, order.currency),
                product_data: { name: 'Cinema seats' },
              },
            },
          ],
        },
        { idempotencyKey: `boxoffice-${order.id}-checkout` },
      );
      if (!session.url) throw new ProviderError('ours', 'Stripe: a checkout without an address');
      return { reference: session.id, url: session.url };
    });
  }

  capture(payment: ProviderPayment): Promise<PaymentReport> {
    return this.#withIntent(payment, async (intent) =>
      reportOfIntent(await this.#stripe.paymentIntents.capture(intent, {}, keyFor('capture', payment))),
    );
  }

  void(payment: ProviderPayment): Promise<PaymentReport> {
    return this.#withIntent(payment, async (intent) =>
      reportOfIntent(await this.#stripe.paymentIntents.cancel(intent, {}, keyFor('void', payment))),
    );
  }

  refund(payment: ProviderPayment): Promise<PaymentReport> {
    return this.#withIntent(payment, async (intent) => {
      const metadata = { payment_id: payment.id };
      const { status, lastResponse } = await this.#stripe.refunds.create(
        { payment_intent: intent, metadata },
        keyFor('refund', payment),
      );
      // The bank of the buyer may take days to agree; what we ask for is done.
      if (status === 'failed' || status === 'canceled') {
        const details = { isReplayed: isReplayed(lastResponse.headers) };
        throw new ProviderError('declined', `Stripe: refund ${status}`, details);
      }
      return { status: 'refunded', amount: payment.amount, currency: payment.currency };
    });
  }

  async find({ reference, intent }: Pick<ProviderPayment, 'reference' | 'intent'>): Promise<PaymentReport | null> {
    const { checkout, paymentIntents } = this.#stripe;
    try {
      if (reference)
        return reportOfSession(
          await checkout.sessions.retrieve(reference, { expand: ['payment_intent.latest_charge'] }),
        );
      return intent ? reportOfIntent(await paymentIntents.retrieve(intent, { expand: ['latest_charge'] })) : null;
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError && error.code === 'resource_missing') return null;
      throw providerError(error);
    }
  }

  readEvent(headers: IncomingHttpHeaders, rawBody: string): ProviderEvent {
    const signature = headers['stripe-signature'];
    if (typeof signature !== 'string') throw new InvalidEvent('the signature is missing');
    try {
      return eventOf(this.#stripe.webhooks.constructEvent(rawBody, signature, this.#webhookSecret, toleranceSeconds));
    } catch {
      throw new InvalidEvent('the signature is wrong or too old'); // the library's error quotes the signature and the body
    }
  }

  /** Asks for the payment's intent first if no event has named it. */
  async #withIntent(
    payment: ProviderPayment,
    call: (intent: string) => Promise<PaymentReport>,
  ): Promise<PaymentReport> {
    const intent = payment.intent ?? (await this.find(payment))?.intent;
    if (!intent) throw new ProviderError('declined', 'Stripe: the checkout has no payment');
    return { ...(await this.#call(() => call(intent))), intent };
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw providerError(error);
    }
  }
}

/** The same call for the same payment has the same key, whoever makes it, until the payment has another generation. */
const keyFor = (what: string, { id, keyGeneration }: ProviderPayment) => ({
  idempotencyKey: `boxoffice-${id}-${what}${keyGeneration > 1 ? `-${keyGeneration}` : ''}`,
});
