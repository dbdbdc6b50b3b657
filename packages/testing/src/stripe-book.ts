import { randomBytes } from 'node:crypto';

const newId = (prefix: string) => `${prefix}_${randomBytes(12).toString('hex')}`;

interface Charge {
  id: string;
  object: 'charge';
  amount: number;
  amount_refunded: number;
  refunded: boolean;
  currency: string;
  payment_intent: string;
  metadata: Record<string, string>;
}

export interface Intent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_received: number;
  currency: string;
  status: 'requires_payment_method' | 'requires_capture' | 'succeeded' | 'canceled';
  metadata: Record<string, string>;
  latest_charge: Charge | null;
  /** Ours: how often money was taken and given back. */
  captures: number;
  refunds: number;
}

export interface Session {
  id: string;
  object: 'checkout.session';
  client_reference_id: string | null;
  payment_intent: string | null;
  status: 'open' | 'complete' | 'expired';
  url: string;
  order: { amount: number; currency: string; metadata: Record<string, string> };
}

export type Answer = { status: number; body: object };
const ok = (body: object): Answer => ({ status: 200, body });
const refusal = (status: number, code: string): Answer => ({
  status,
  body: { error: { type: 'invalid_request_error', code, message: code } },
});

/** The sessions, intents and charges of the stand-in for Stripe. */
export class StripeBook {
  readonly sessions = new Map<string, Session>();
  readonly intents = new Map<string, Intent>();
  /** Whether the account has money for refunds. */
  hasBalance = true;
  readonly #obeys: boolean;

  /**
   * @param options.obeys captures and refunds again what was captured or refunded before, where Stripe would refuse:
   *   nothing but an idempotency key then keeps money from being moved twice
   */
  constructor({ obeys = false } = {}) {
    this.#obeys = obeys;
  }

  act(method: string, path: string, form: URLSearchParams): Answer {
    const [, , resource = '', ...rest] = path.split('/');
    if (method === 'POST' && path === '/v1/checkout/sessions') return this.#createSession(form);
    if (resource === 'checkout') return this.#readSession(rest[1] ?? '');
    if (resource === 'payment_intents' && rest[1] === 'capture') return this.#capture(rest[0] ?? '');
    if (resource === 'payment_intents' && rest[1] === 'cancel') return this.#cancel(rest[0] ?? '');
    if (resource === 'payment_intents' && method === 'GET') return this.#readIntent(rest[0] ?? '');
    if (resource === 'refunds') return this.#refund(form.get('payment_intent') ?? '');
    return refusal(404, 'resource_missing');
  }

  /** The buyer pays at the checkout. Returns the events that Stripe would send, in order. */
  pay(sessionId: string, changed: { amount?: number; currency?: string } = {}): object[] {
    const session = this.#session(sessionId);
    const amount = changed.amount ?? session.order.amount;
    const currency = changed.currency ?? session.order.currency;
    const id = newId('pi');
    const intent: Intent = {
      ...{ id, object: 'payment_intent', amount, amount_capturable: amount, amount_received: 0, currency },
      ...{ status: 'requires_capture', metadata: session.order.metadata, captures: 0, refunds: 0 },
      latest_charge: {
        ...{ id: newId('ch'), object: 'charge', amount, amount_refunded: 0, refunded: false, currency },
        ...{ payment_intent: id, metadata: session.order.metadata },
      },
    };
    this.intents.set(id, intent);
    Object.assign(session, { status: 'complete', payment_intent: id });
    return [
      eventOf('payment_intent.amount_capturable_updated', published(intent)),
      eventOf('checkout.session.completed', publishedSession(session)),
    ];
  }

  /** Adds a payment that was captured long ago. Returns the ids of its checkout and of its money. */
  addCaptured(paymentId: string, amount: number, currency: string): { session: string; intent: string } {
    const id = newId('cs_test');
    this.sessions.set(id, {
      ...{ id, object: 'checkout.session', client_reference_id: paymentId, payment_intent: null, status: 'open' },
      ...{ url: `https://checkout.stand-in/${id}`, order: { amount, currency, metadata: { payment_id: paymentId } } },
    });
    this.pay(id);
    const intent = this.intentOf(id);
    this.#capture(intent.id);
    return { session: id, intent: intent.id };
  }

  /** Somebody takes the money in Stripe's dashboard. */
  takeByHand(sessionId: string): void {
    this.#capture(this.intentOf(sessionId).id);
  }

  /** The checkout is over without a payment. Returns Stripe's event. */
  expire(sessionId: string): object {
    const session = this.#session(sessionId);
    session.status = 'expired';
    return eventOf('checkout.session.expired', publishedSession(session));
  }

  /** The bank of the buyer sends a refund back, such as for a closed account. Returns Stripe's events. */
  failRefund(sessionId: string): object[] {
    const { id, amount, currency, metadata, latest_charge } = this.intentOf(sessionId);
    Object.assign(latest_charge ?? {}, { refunded: false, amount_refunded: 0 });
    const refund = {
      id: newId('re'),
      object: 'refund',
      status: 'failed',
      payment_intent: id,
      amount,
      currency,
      metadata,
    };
    const types = ['refund.updated', 'charge.refund.updated', 'refund.failed'];
    return types.map((type) => eventOf(type, refund));
  }

  /** The event about the money of a checkout in its present state. */
  event(type: string, sessionId: string): object {
    return eventOf(type, published(this.intentOf(sessionId)));
  }

  intentOf(sessionId: string): Intent {
    return this.#intent(this.#session(sessionId).payment_intent ?? '');
  }

  sessionOf(paymentId: string): Session {
    const found = [...this.sessions.values()].find((session) => session.client_reference_id === paymentId);
    if (!found) throw new Error(`no session for payment ${paymentId}`);
    return found;
  }

  #createSession(form: URLSearchParams): Answer {
    const of = (name: string) => form.get(name) ?? '';
    if (of('payment_intent_data[capture_method]') !== 'manual') return refusal(400, 'parameter_missing');
    const id = newId('cs_test');
    const order = {
      amount: Number(of('line_items[0][price_data][unit_amount]')),
      currency: of('line_items[0][price_data][currency]'),
      metadata: { payment_id: of('payment_intent_data[metadata][payment_id]') },
    };
    const session: Session = {
      ...{ id, object: 'checkout.session', client_reference_id: of('client_reference_id'), payment_intent: null },
      ...{ status: 'open', url: `https://checkout.stand-in/${id}`, order },
    };
    this.sessions.set(id, session);
    return ok(publishedSession(session));
  }

  #readSession(id: string): Answer {
    const session = this.sessions.get(id);
    if (!session) return refusal(404, 'resource_missing');
    const intent = session.payment_intent && published(this.#intent(session.payment_intent));
    return ok({ ...publishedSession(session), payment_intent: intent });
  }

  #readIntent(id: string): Answer {
    const intent = this.intents.get(id);
    return intent ? ok(published(intent)) : refusal(404, 'resource_missing');
  }

  #capture(id: string): Answer {
    const intent = this.#intent(id);
    const isAgain = this.#obeys && intent.status === 'succeeded';
    if (intent.status !== 'requires_capture' && !isAgain) return refusal(400, 'payment_intent_unexpected_state');
    Object.assign(intent, { status: 'succeeded', amount_received: intent.amount, amount_capturable: 0 });
    intent.captures++;
    return ok(published(intent));
  }

  #cancel(id: string): Answer {
    const intent = this.#intent(id);
    if (intent.status !== 'requires_capture') return refusal(400, 'payment_intent_unexpected_state');
    Object.assign(intent, { status: 'canceled', amount_capturable: 0 });
    return ok(published(intent));
  }

  #refund(id: string): Answer {
    const intent = this.#intent(id);
    if (intent.status !== 'succeeded') return refusal(400, 'payment_intent_unexpected_state');
    if (!this.hasBalance) return refusal(400, 'balance_insufficient');
    if (intent.latest_charge?.refunded && !this.#obeys) return refusal(400, 'charge_already_refunded');
    Object.assign(intent.latest_charge ?? {}, { refunded: true, amount_refunded: intent.amount });
    intent.refunds++;
    return ok({ id: newId('re'), object: 'refund', status: 'succeeded', payment_intent: id, amount: intent.amount });
  }

  #session(id: string): Session {
    const session = this.sessions.get(id);
    if (!session) throw new Error(`no session ${id}`);
    return session;
  }

  #intent(id: string): Intent {
    const intent = this.intents.get(id);
    if (!intent) throw new Error(`no intent ${id}`);
    return intent;
  }
}

const published = ({ captures: _, refunds: __, ...intent }: Intent) => intent;
const publishedSession = ({ order: _, ...session }: Session) => session;

function eventOf(type: string, object: object): object {
  return { id: newId('evt'), object: 'event', type, created: Math.floor(Date.now() / 1_000), data: { object } };
}
