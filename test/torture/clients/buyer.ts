import { setTimeout as delay } from 'node:timers/promises';
import { type Operation, outcomeOf } from '../checker/history.ts';
import type { Random } from '../random.ts';
import { expectState } from './booking-state.ts';
import type { Answer, Call } from './http.ts';
import type { Market } from './market.ts';
import { now } from './now.ts';
import { type Reading, readPost, whatOf } from './reading.ts';

export interface Placing {
  /** Seconds to wait for the outcome; 0: not at all. */
  wait?: number;
  gateway?: number;
  /** When to leave without an answer, in milliseconds; default: long enough for any answer in time. */
  patienceMs?: number;
}

interface HoldOptions {
  key?: string | null;
  replaces?: boolean;
  expectedTotal?: number;
}

const patienceMs = 6_000;
const readPatienceMs = 2_500;
/** A provider has a second to open a checkout, and the database is asked before and after. In milliseconds. */
const checkoutMs = 2_000;

/** One user who books, polls, follows and cancels, and records every answer. */
export class Buyer {
  readonly user: number;
  readonly random: Random;
  readonly #market: Market;
  readonly #token: string;

  constructor(user: number, random: Random, market: Market, role: 'user' | 'admin' = 'user') {
    this.user = user;
    this.random = random;
    this.#market = market;
    this.#token = market.sign(user, role);
  }

  book(show: number, seats: string[], key: string | null = null): Operation {
    return this.#market.recorder.open({ kind: 'book', show, user: this.user, seats, target: null, key });
  }

  hold(show: number, wish: string[] | number, options: HoldOptions = {}): Operation {
    const { key = null, ...more } = options;
    const asked = typeof wish === 'number' ? { seats: [], best: wish } : { seats: wish };
    return this.#market.recorder.open({ kind: 'hold', show, user: this.user, target: null, key, ...asked, ...more });
  }

  cancel(booking: Operation, key: string | null = null): Operation {
    return this.#change('cancel', booking, key);
  }

  confirm(hold: Operation, key: string | null = null): Operation {
    return this.#change('confirm', hold, key);
  }

  /** Takes the money for a booking, as an administrator. */
  pay(booking: Operation): Operation {
    return this.#change('pay', booking, null);
  }

  /** Begins the payment of a hold. */
  checkout(hold: Operation): Operation {
    return this.#change('checkout', hold, null);
  }

  #change(kind: 'cancel' | 'confirm' | 'pay' | 'checkout', booking: Operation, key: string | null): Operation {
    const { show, seats } = booking;
    const target = bookingIdOf(booking);
    return this.#market.recorder.open({ kind, show, user: this.user, seats, target, key });
  }

  /** Sends an operation once. */
  async place(operation: Operation, { wait = 0, patienceMs: leaveMs, ...placing }: Placing = {}): Promise<Reading> {
    const { key, show } = operation;
    const isCheckout = operation.kind === 'checkout';
    const { answer, asked, gateway } = await this.send(placing.gateway, {
      method: 'POST',
      ...postOf(operation),
      headers: {
        prefer: wait > 0 ? `wait=${wait}` : 'respond-async',
        ...(key !== null && { 'idempotency-key': key }),
      },
      patienceMs: leaveMs ?? wait * 1_000 + patienceMs,
      waitMs: wait * 1_000 + (isCheckout ? checkoutMs : 0),
      // The payment is added when the line has extended the hold.
      mayRefuseLate: isCheckout,
    });
    const reading = readPost(operation.kind, answer);
    if (reading.says === 'refused' && reading.code === 'show_cancelled' && !this.#market.cancellationOf(show))
      this.#market.recorder.violate('show rules', 'a request was refused because its show was cancelled', operation);
    this.#market.recorder.placed(operation, reading, { asked, gateway });
    if (wait > 0 && reading.says === 'accepted' && reading.what === 'pending')
      operation.waits.push({ asked, told: now(), gateway });
    if (reading.says === 'unknown' || reading.says === 'refused') await this.pause(50, 400);
    return reading;
  }

  /** Asks once for the state of a request. Returns whether there was an answer. */
  async poll(operation: Operation, gateway?: number): Promise<boolean> {
    const id = operation.ids[0] ?? operation.possibleIds.at(-1);
    if (id === undefined) return false;
    const sent = await this.send(gateway, { method: 'GET', path: `/api/jobs/${id}/`, patienceMs: readPatienceMs });
    const { answer } = sent;
    if (answer?.status === 200) this.#learn(operation, id, whatOf(answer.body), { ...sent, by: 'poll' });
    else if (answer?.status === 404 && operation.accepted !== null)
      this.#market.recorder.saw(operation, 'unknown job', { ...sent, by: 'poll' });
    else if (answer && answer.status !== 503 && answer.status !== 404)
      this.#market.recorder.violate('answers', `GET job: ${answer.status} ${answer.body.code}`, operation);
    return answer !== null;
  }

  /** Polls until the outcome is known, the round is over or `tries` are used up. */
  async pollUntilDecided(operation: Operation, tries = 40): Promise<void> {
    for (let left = tries; left > 0 && !outcomeOf(operation) && !this.#market.closing(); left--) {
      await this.pause(30, 400);
      await this.poll(operation);
    }
  }

  /** Follows the events of a request until its outcome. */
  async follow(operation: Operation): Promise<void> {
    const id = operation.ids[0];
    if (id === undefined) return;
    const gateway = this.random.integer(0, this.#market.gateways.length - 1);
    const asked = now();
    this.#market.count();
    const call: Call = { method: 'GET', path: `/api/jobs/${id}/events/`, token: this.#token, patienceMs: 5_000 };
    await this.#market.gateways[gateway]?.follow(call, (name, data) => {
      if (name === 'job') this.#learn(operation, id, whatOf(data), { asked, gateway, by: 'stream' });
    });
  }

  /** Reads a booking that was answered as booked or held: it must exist, in the right state. */
  async check(booking: Operation, gateway?: number): Promise<boolean> {
    const expect = expectState(this.#market, bookingIdOf(booking), booking);
    const path = `/api/bookings/${bookingIdOf(booking)}/`;
    const sent = await this.send(gateway, { method: 'GET', path, patienceMs: readPatienceMs });
    if (sent.answer?.status === 404) this.#market.recorder.saw(booking, 'unknown job', { ...sent, by: 'booking' });
    else if (this.#isComplete(sent.answer)) expect(sent.answer.body);
    return sent.answer !== null;
  }

  /** Lists this user's bookings: one that was answered as booked or held must be among them, in the right state. */
  async checkList(booking: Operation, gateway?: number): Promise<boolean> {
    const expect = expectState(this.#market, bookingIdOf(booking), booking);
    const sent = await this.send(gateway, { method: 'GET', path: '/api/my-bookings/', patienceMs: readPatienceMs });
    if (!this.#isComplete(sent.answer)) return sent.answer !== null;
    const found = sent.answer.body.results?.find(({ id }) => id === bookingIdOf(booking));
    if (found) expect(found);
    else this.#market.recorder.saw(booking, 'unknown job', { ...sent, by: 'booking' });
    return true;
  }

  /** Looks at a seat map. Returns the seats that are booked or held; null when there was no answer. */
  async lookAtSeats(show: number, gateway?: number): Promise<string[] | null> {
    const path = `/api/shows/${show}/seats/`;
    const { answer } = await this.send(gateway, { method: 'GET', path, patienceMs: readPatienceMs });
    if (!this.#isComplete(answer)) return null;
    const seats = (answer.body.seats ?? []) as { seat_number: string; status: string }[];
    return seats.filter(({ status }) => status !== 'available').map((seat) => seat.seat_number);
  }

  /** Whether this response has what was asked for. One that is neither that nor a refusal is a violation. */
  #isComplete(answer: Answer | null): answer is Answer {
    if (answer && answer.status !== 200 && answer.status !== 503)
      this.#market.recorder.violate('answers', `a reading request: ${answer.status} ${answer.body.code}`);
    return answer?.status === 200;
  }

  /** The round is over. */
  get isLeaving(): boolean {
    return this.#market.closing();
  }

  pause(fromMs: number, toMs: number): Promise<void> {
    return delay(this.#market.closing() ? 0 : this.random.spread(fromMs, toMs));
  }

  #learn(
    operation: Operation,
    id: string,
    what: ReturnType<typeof whatOf>,
    at: { asked: number; gateway: number; by: 'poll' | 'stream' },
  ): void {
    operation.accepted ??= now();
    if (!operation.ids.includes(id)) operation.ids.push(id);
    this.#market.recorder.saw(operation, what, { asked: at.asked, gateway: at.gateway, by: at.by });
  }

  /** One call, to this gateway or to any. */
  async send(wanted: number | undefined, call: Omit<Call, 'token'> & { waitMs?: number; mayRefuseLate?: boolean }) {
    const gateway = wanted ?? this.random.integer(0, this.#market.gateways.length - 1);
    const asked = now();
    this.#market.count();
    const answer = (await this.#market.gateways[gateway]?.send({ ...call, token: this.#token })) ?? null;
    if (answer) this.#market.countAnswer();
    const late = this.#market.stopwatch.judge({ ...call, asked, gateway, answer });
    if (late) this.#market.recorder.violate('1.5 s', late);
    return { answer, asked, gateway };
  }
}

/** The booking that an operation made: usually the request's own id. */
export function bookingIdOf(operation: Operation): string {
  return outcomeOf(operation)?.booking ?? operation.ids[0] ?? '';
}

/** Where an operation is sent, and with what. */
function postOf({ kind, show, seats, best, replaces, expectedTotal, target }: Operation): Pick<Call, 'path' | 'body'> {
  const [first, second] = seats;
  if (kind === 'book')
    return { path: `/api/shows/${show}/book/`, body: second === undefined ? { seat_number: first } : { seats } };
  if (kind === 'pay') return { path: `/api/admin/bookings/${target}/pay/`, body: { paid_with: 'cash' } };
  if (kind === 'checkout') return { path: `/api/bookings/${target}/payments/` };
  if (kind !== 'hold') return { path: `/api/bookings/${target}/${kind}/` };
  const wish = typeof best === 'number' ? { best: { count: best } } : { seats };
  const rest = {
    ...(replaces && { replace: true }),
    ...(typeof expectedTotal === 'number' && { expected_total: expectedTotal }),
  };
  return { path: `/api/shows/${show}/holds/`, body: { ...wish, ...rest } };
}
