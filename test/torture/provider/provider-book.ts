import { type Answer, type Intent, type Session, StripeBook } from '@boxoffice/testing/stripe-book';
import type { Movement } from '../checker/money-history.ts';
import { BookFile } from './book-file.ts';

/** What a buyer does at the checkout; `short` authorises less than the order says. */
export type BuyerAct = 'pay' | 'short' | 'decline';

const eventTypes = {
  ...{ captured: 'payment_intent.succeeded', voided: 'payment_intent.canceled', refunded: 'charge.refunded' },
};
/** Events that follow from a change. */
export type Events = object[];

interface Answered {
  answer: Answer;
  events: Events;
}

/** What a call has changed. */
interface Changed {
  session?: Session | undefined;
  intent?: Intent | undefined;
  moved?: ReturnType<typeof movement<keyof typeof eventTypes>> | undefined;
}

/** The stand-in for Stripe with a book that survives SIGKILL. */
export class ProviderBook {
  readonly #book = new StripeBook({ obeys: true });
  readonly #file: BookFile;
  readonly #answers = new Map<string, Answer>();
  readonly #openedAt = new Map<string, number>();

  constructor(path: string) {
    this.#file = new BookFile(path);
    for (const { at, session, intent, key, answer } of this.#file.recall()) {
      if (session) this.#book.sessions.set(session.id, session);
      if (session?.status === 'open') this.#openedAt.set(session.id, at);
      if (intent) this.#book.intents.set(intent.id, intent);
      if (key && answer) this.#answers.set(key, answer);
    }
  }

  /** Answers a call of a gateway, as the first call with this idempotency key. */
  call(method: string, path: string, form: URLSearchParams, key: string | undefined): Answered {
    const known = key && this.#answers.get(key);
    if (known) return { answer: known, events: [] };
    const answer = structuredClone(this.#book.act(method, path, form));
    const isDone = method === 'POST' && answer.status === 200;
    const changed = isDone ? this.#changedBy(path, form, answer) : {};
    if (key) this.#answers.set(key, answer);
    if (changed.session) this.#openedAt.set(changed.session.id, Date.now());
    if (key || isDone) this.#file.write({ key, answer, ...changed });
    const { moved, intent } = changed;
    return { answer, events: moved && intent ? [eventOf(moved.what, intent)] : [] };
  }

  #changedBy(path: string, form: URLSearchParams, { body }: Answer): Changed {
    const [, , , id = '', word = ''] = path.split('/');
    if (path === '/v1/checkout/sessions') return { session: this.#book.sessions.get((body as Session).id) };
    const what = path === '/v1/refunds' ? 'refunded' : word === 'capture' ? 'captured' : 'voided';
    const intent = this.#book.intents.get(what === 'refunded' ? (form.get('payment_intent') ?? '') : id);
    return { intent, moved: intent && movement(what, intent) };
  }

  /** Returns the events, or null when the checkout is not open any more. */
  visit(sessionId: string, act: BuyerAct): Events | null {
    const session = this.#book.sessions.get(sessionId);
    if (session?.status !== 'open') return null;
    if (act === 'decline') return [];
    const { amount } = session.order;
    const events = this.#book.pay(sessionId, { amount: act === 'short' ? amount - 1 : amount });
    const intent = this.#book.intentOf(sessionId);
    this.#file.write({ session, intent, moved: movement('authorized', intent) });
    return events;
  }

  /** Closes the checkouts that nobody has paid for so long. */
  expire(afterMs: number): Events {
    return [...this.#openedAt].flatMap(([id, at]) => {
      const session = this.#book.sessions.get(id);
      if (session?.status === 'open' && Date.now() - at < afterMs) return [];
      this.#openedAt.delete(id);
      if (session?.status !== 'open') return [];
      const event = this.#book.expire(id);
      this.#file.write({ session });
      return [event];
    });
  }

  received(event: string): void {
    this.#file.write({ received: event });
  }
}

const movement = <What extends Movement['what']>(what: What, { amount, currency, metadata }: Intent) => ({
  ...{ what, amount, currency: currency.toUpperCase(), payment: metadata.payment_id ?? '' },
});

function eventOf(what: keyof typeof eventTypes, intent: Intent): object {
  const { captures: _, refunds: __, ...published } = intent;
  const object = what === 'refunded' ? intent.latest_charge : published;
  const id = `evt_${crypto.randomUUID().replaceAll('-', '')}`;
  const created = Math.floor(Date.now() / 1_000);
  return structuredClone({ id, object: 'event', type: eventTypes[what], created, data: { object } });
}
