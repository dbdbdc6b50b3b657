import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import {
  type CheckoutOrder,
  InvalidEvent,
  type PaymentProvider,
  type PaymentReport,
  ProviderError,
  type ProviderEvent,
  type ProviderPayment,
} from '../provider.ts';
import { verify } from './signature.ts';
import type { TestBank, TestCheckoutRow, TestStatus } from './test-bank.ts';

const Event = z.object({
  id: z.string(),
  kind: z.string(),
  payment_id: z.string(),
  reference: z.string(),
  status: z.enum(['authorized', 'captured', 'voided', 'refunded', 'failed']),
  amount: z.number().int(),
  currency: z.string(),
});
export type TestEvent = z.infer<typeof Event>;

/** A provider that takes no money, for development. Its buyers pay on a page of ours; its events come by HTTP. */
export class TestProvider implements PaymentProvider {
  readonly name = 'test';
  readonly #bank: TestBank;
  readonly #secret: string;
  readonly #publicUrl: () => string;

  constructor(bank: TestBank, options: { secret: string; publicUrl: () => string }) {
    this.#bank = bank;
    this.#secret = options.secret;
    this.#publicUrl = options.publicUrl;
  }

  async createCheckout(order: CheckoutOrder): Promise<{ reference: string; url: string }> {
    const { reference } = await this.#bank.open({ ...order, paymentId: order.id });
    return { reference, url: `${this.#publicUrl()}/payments/test/${reference}/` };
  }

  capture(payment: ProviderPayment): Promise<PaymentReport> {
    return this.#change(payment, 'captured', ['authorized', 'captured']);
  }

  void(payment: ProviderPayment): Promise<PaymentReport> {
    return this.#change(payment, 'voided', ['authorized', 'voided']);
  }

  refund(payment: ProviderPayment): Promise<PaymentReport> {
    return this.#change(payment, 'refunded', ['captured', 'refunded']);
  }

  async find({ reference }: Pick<ProviderPayment, 'reference'>): Promise<PaymentReport | null> {
    if (!reference) return null;
    await this.#bank.expire(reference);
    const row = await this.#bank.find(reference);
    return row && reportOf(row);
  }

  readEvent(headers: IncomingHttpHeaders, rawBody: string): ProviderEvent {
    verify(this.#secret, headers, rawBody);
    const parsed = Event.safeParse(JSON.parse(rawBody));
    if (!parsed.success) throw new InvalidEvent('it is not an event of the test provider');
    const { id, kind, payment_id: paymentId, reference, status, amount, currency } = parsed.data;
    return { id, kind, paymentId, reference, intent: null, report: { status, reference, amount, currency } };
  }

  async #change({ reference }: ProviderPayment, to: TestStatus, from: TestStatus[]): Promise<PaymentReport> {
    const row = reference && (await this.#bank.change(reference, to, from));
    if (!row) throw new ProviderError('declined', `test: the payment cannot be ${to}`);
    return reportOf(row);
  }
}

function reportOf({ status, reference, amount, currency }: TestCheckoutRow): PaymentReport {
  if (status === 'open' || status === 'paying') return { status: 'pending', reference };
  return { status, reference, amount, currency };
}
