import type { IncomingHttpHeaders } from 'node:http';
import type { PaymentStatus } from '@boxoffice/shared/contracts/payments';

/** A payment as its provider knows it. */
export interface ProviderPayment {
  /** Ours. Idempotency keys are derived from it. */
  id: string;
  /** The checkout's id; null until it has been recorded, which may be never: an event can name the intent before. */
  reference: string | null;
  /** The payment intent's id; null until the provider has named it. */
  intent: string | null;
  amount: number;
  currency: string;
  /** From 1: a higher one has idempotency keys of its own. */
  keyGeneration: number;
}

export interface CheckoutOrder extends Pick<ProviderPayment, 'id' | 'amount' | 'currency'> {
  bookingId: string;
  /** Of the payment: what depends on the time must be the same each time the call is made. */
  createdAt: Date;
  holdEndsAt: Date;
  /** Where the buyer returns to. */
  returnUrl: string;
}

/** What a provider says about a payment. Amounts are in minor units of the currency, as ours. */
export interface PaymentReport {
  status: PaymentStatus;
  reference?: string;
  intent?: string;
  amount?: number;
  currency?: string;
}

/** An event whose signature was verified. */
export interface ProviderEvent {
  /** The provider's: each is handled once. */
  id: string;
  kind: string;
  /** Ours, if the event names it. */
  paymentId: string | null;
  reference: string | null;
  intent: string | null;
  /** What it reports; null when it only says that something has changed, or is none of our business. */
  report: PaymentReport | null;
  /** Why a person should look at the payment. */
  attention?: 'refund_failed';
}

/**
 * A provider of payments. Every call has a deadline, and may be made again with the same effect: its idempotency key
 * follows from the payment and its generation.
 *
 * @throws {ProviderError} by each call
 */
export interface PaymentProvider {
  readonly name: string;
  createCheckout(order: CheckoutOrder): Promise<{ reference: string; url: string }>;
  /** Takes the money that was authorised. */
  capture(payment: ProviderPayment): Promise<PaymentReport>;
  /** Releases the money that was authorised. */
  void(payment: ProviderPayment): Promise<PaymentReport>;
  /** Gives the money back, all of it. */
  refund(payment: ProviderPayment): Promise<PaymentReport>;
  /**
   * The state of a payment, by its checkout if that has been recorded, otherwise by its intent; null when the provider does not
   * know it.
   */
  find(payment: Pick<ProviderPayment, 'reference' | 'intent'>): Promise<PaymentReport | null>;
  /** @throws {InvalidEvent} when the event is not the provider's, or too old */
  readEvent(headers: IncomingHttpHeaders, rawBody: string): ProviderEvent;
}

/**
 * - `retry`: it may succeed later, or have succeeded: make the same call again
 * - `declined`: it will not succeed, because of the payment itself
 * - `ours`: our mistake, in the code or in the configuration
 */
export type ProviderErrorKind = 'retry' | 'declined' | 'ours';

export class ProviderError extends Error {
  override name = 'ProviderError';
  readonly kind: ProviderErrorKind;
  /** Whether it is the stored answer to an earlier call with the same idempotency key, and so says nothing of now. */
  readonly isReplayed: boolean;

  constructor(kind: ProviderErrorKind, message: string, { isReplayed = false } = {}) {
    super(message); // without a cause: a library's error may hold the request, with its secrets
    this.kind = kind;
    this.isReplayed = isReplayed;
  }
}

export class InvalidEvent extends Error {
  override name = 'InvalidEvent';
}
