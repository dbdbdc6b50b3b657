import { type Operation, outcomeOf } from '../checker/history.ts';
import type { BuyerAct } from '../provider/provider-book.ts';
import { Buyer, bookingIdOf } from './buyer.ts';
import type { Body } from './http.ts';
import type { Market } from './market.ts';
import { now } from './now.ts';

/** A payment as its buyer knows it. */
export interface KnownPayment {
  id: string;
  hold: Operation;
  /** The provider's name of the checkout; null until Boxoffice has told it. */
  checkout: string | null;
  status: string;
}

const readPatienceMs = 2_500;
const checkoutPatienceMs = 4_000;

/** A buyer who pays online, and records every answer about the payment. */
export class Payer extends Buyer {
  readonly #market: Market;

  constructor(...[user, random, market]: ConstructorParameters<typeof Buyer>) {
    super(user, random, market);
    this.#market = market;
  }

  /** Begins the payment of a hold. Null when it is refused, or never answered. */
  async begin(hold: Operation, gateway?: number): Promise<KnownPayment | null> {
    for (let tries = 8; tries > 0 && !this.isLeaving; tries--) {
      const request = this.checkout(hold);
      const asked = now();
      const reading = await this.place(request, { wait: 2, ...(gateway !== undefined && { gateway }) });
      if (reading.says === 'accepted' && reading.payment) return this.#opened(hold, reading.payment, asked);
      if (outcomeOf(request)?.status === 'rejected') return null;
      await this.pause(50, 500);
    }
    return null;
  }

  /** Asks once for a payment. Returns whether there was an answer. */
  async ask(payment: KnownPayment): Promise<boolean> {
    const path = `/api/payments/${payment.id}/`;
    const { answer, asked } = await this.send(undefined, { method: 'GET', path, patienceMs: readPatienceMs });
    if (answer?.status === 200) this.#see(payment, answer.body, asked);
    else if (answer && answer.status !== 503)
      this.#market.recorder.violate('answers', `GET payment: ${answer.status} ${answer.body.code}`, payment.hold);
    return answer?.status === 200;
  }

  /** Waits as a page does that confirms a payment. */
  async askUntil(payment: KnownPayment, isOver: (status: string) => boolean, tries = 12): Promise<void> {
    for (let left = tries; left > 0 && !isOver(payment.status) && !this.isLeaving; left--) {
      await this.pause(100, 1_000);
      await this.ask(payment);
    }
  }

  /** At the provider's checkout. Whoever gets no answer tries again. */
  async visit({ checkout }: KnownPayment, act: BuyerAct): Promise<void> {
    if (checkout === null) return;
    const url = `${this.#market.providerUrl}/checkouts/${checkout}/${act}/`;
    for (let tries = 3; tries > 0; tries--) {
      const signal = AbortSignal.timeout(checkoutPatienceMs);
      const response = await fetch(url, { method: 'POST', signal }).catch(() => null);
      await response?.arrayBuffer().catch(() => undefined);
      if (response) return;
      await this.pause(100, 1_000);
    }
  }

  async #opened(hold: Operation, body: Body, asked: number): Promise<KnownPayment | null> {
    const payment: KnownPayment = { id: body.id ?? '', hold, checkout: null, status: 'pending' };
    this.#see(payment, body, asked);
    for (let tries = 12; tries > 0 && payment.checkout === null && payment.status === 'pending'; tries--) {
      if (this.isLeaving) break;
      await this.pause(200, 1_000);
      await this.ask(payment);
    }
    return payment;
  }

  #see(payment: KnownPayment, body: Body, asked: number): void {
    payment.checkout ??= body.checkout_url?.split('/').at(-1) ?? null;
    payment.status = String(body.status);
    const { amount = 0, currency = '', booking_id: booking = '' } = body;
    const seen = { id: payment.id, user: this.user, booking, status: payment.status, amount, currency };
    this.#market.recorder.payments.push({ ...seen, asked, told: now() });
    if (booking !== bookingIdOf(payment.hold))
      this.#market.recorder.violate(
        'money',
        `payment ${payment.id} was said to be for booking ${booking}`,
        payment.hold,
      );
  }
}
