import { bestSeats } from '@boxoffice/shared/best-seats';
import type { AuthorizedPayment, BookingRequest, ConfirmRequest } from '@boxoffice/shared/contracts/jobs';
import { allSeats } from '@boxoffice/shared/seats';
import { findStrandedSeat } from '@boxoffice/shared/stranded-seat';
import type { DrawnEnvelope } from './drawn-requests.ts';
import { rules, seatPrice, seats } from './model-database.ts';

export type ClerksOutcome = { id: string; status: string; code?: string; taken?: string[]; seats?: string[] };

interface ClerksBooking {
  id: string;
  user: number;
  show: number;
  seats: string[];
  status: 'held' | 'booked' | 'over';
  /** Whether it was given back, rather than ended by itself. */
  cancelled: boolean;
  until: number;
  /** Whether its hold got more time for a payment. */
  extended?: boolean;
  /** The payment that booked it. */
  payment?: string;
}

type Refusal = { code: string; taken?: string[] };
type Sale = Extract<BookingRequest, { kind: 'book' | 'hold' }>;

/** The reference: a clerk with one list, who serves one request after another. */
export class Clerk {
  readonly #bookings = new Map<string, ClerksBooking>();
  readonly #firsts = new Map<string, { fingerprint: string; outcome: ClerksOutcome }>();
  /** What was decided about each payment: null when it booked its seats. */
  readonly #verdicts = new Map<string, Refusal | null>();
  /** What is to be done about payments, in order, such as `capture 0-1/1`. */
  readonly due: string[] = [];
  #now = 0;

  serveAll(envelopes: readonly DrawnEnvelope[]): ClerksOutcome[] {
    return envelopes.flatMap(({ requests, afterSeconds }) => {
      this.#now += afterSeconds;
      return requests.map((request) => this.#serveOnce(request));
    });
  }

  #serveOnce(request: BookingRequest): ClerksOutcome {
    const { id, key } = request;
    const first = key && this.#firsts.get(`${request.show_id} ${request.user_id} ${key.hash}`);
    if (first)
      return first.fingerprint === key.fingerprint
        ? { ...first.outcome, id }
        : { id, status: 'rejected', code: 'idempotency_mismatch' };
    const refusal = this.#serve(request);
    const seatsOf = this.#bookings.get('booking_id' in request ? request.booking_id : id)?.seats ?? [];
    const outcome: ClerksOutcome = refusal
      ? { id, status: 'rejected', ...refusal }
      : { id, status: 'succeeded', seats: seatsOf };
    if (key) this.#firsts.set(`${request.show_id} ${request.user_id} ${key.hash}`, { ...key, outcome });
    return outcome;
  }

  #serve(request: BookingRequest): Refusal | null {
    if (request.kind === 'book' || request.kind === 'hold') return this.#sell(request);
    if (request.kind === 'confirm' && request.payment) return this.#confirmPaid(request, request.payment);
    const booking = this.#bookings.get(request.booking_id);
    const isAllowed = request.kind === 'pay' || booking?.user === request.user_id || 'as_admin' in request;
    if (!booking || !isAllowed) return { code: 'booking_not_found' };
    if (request.kind === 'confirm') return this.#confirm(booking);
    const { show, status, cancelled, until } = booking;
    if (request.kind === 'pay') return status === 'booked' && rules.get(show)?.prices ? null : { code: 'nothing_due' };
    if (!cancelled && (status === 'over' || (status === 'held' && until <= this.#now))) return { code: 'hold_expired' };
    if (request.kind === 'checkout') return this.#beginPayment(booking, request.payment_seconds);
    if (booking.payment && !cancelled) this.due.push(`refund ${booking.payment}`);
    Object.assign(booking, { status: 'over', cancelled: true });
    return null;
  }

  #beginPayment(booking: ClerksBooking, seconds: number): Refusal | null {
    if (booking.cancelled) return { code: 'hold_expired' };
    if (booking.status !== 'held' || rules.get(booking.show)?.payment !== 'online') return { code: 'nothing_due' };
    if (!booking.extended)
      Object.assign(booking, { extended: true, until: Math.max(booking.until, this.#now + seconds) });
    return null;
  }

  /** Decides about a payment once, and says what is to be done with the money. */
  #confirmPaid(request: ConfirmRequest, payment: AuthorizedPayment): Refusal | null {
    const known = this.#verdicts.get(payment.id);
    if (known !== undefined) return known;
    const booking = this.#bookings.get(request.booking_id);
    const verdict =
      booking?.user === request.user_id ? this.#bookPaid(booking, payment) : { code: 'booking_not_found' };
    this.#verdicts.set(payment.id, verdict);
    this.due.push(`${verdict ? 'void' : 'capture'} ${payment.id}`);
    return verdict;
  }

  #bookPaid(booking: ClerksBooking, { id, amount, currency }: AuthorizedPayment): Refusal | null {
    const total = rules.get(booking.show)?.prices ? seatPrice * booking.seats.length : null;
    if (amount !== total || currency !== 'EUR') return { code: 'payment_mismatch' };
    if (booking.status === 'booked') return { code: 'nothing_due' };
    const refusal = this.#confirm(booking, { isPaid: true });
    if (!refusal) booking.payment = id;
    return refusal;
  }

  #sell(request: Sale): Refusal | null {
    const { id, user_id: user, show_id: show } = request;
    const isHold = request.kind === 'hold';
    const given = (isHold && request.replace && this.#holdsOf(show, user)) || [];
    const wish = isHold ? request.wish : request;
    const free =
      'best' in wish ? bestSeats(seatsOf(show), (seat) => this.#isTaken(show, seat, given), wish.best) : null;
    const wanted = 'seats' in wish ? wish.seats : (free?.labels ?? null);
    const refusal = this.#refusal(request, wanted, given);
    if (refusal) return refusal;
    for (const booking of given) Object.assign(booking, { status: 'over', cancelled: true });
    const until = this.#now + (isHold ? request.hold_seconds : 0);
    const booking = { id, user, show, seats: wanted ?? [], cancelled: false, until };
    this.#take({ ...booking, status: isHold ? 'held' : 'booked' });
    return null;
  }

  #refusal(request: Sale, wanted: string[] | null, given: ClerksBooking[]): Refusal | null {
    const { show_id: show, user_id: user } = request;
    const rule = rules.get(show);
    if (!rule) return { code: 'show_not_found' };
    if (request.kind === 'book' && rule.payment === 'online') return { code: 'payment_required' };
    if (!wanted) return { code: 'no_seats_together' };
    if (wanted.some((seat) => !seats.includes(seat))) return { code: 'validation_failed' };
    const taken = wanted.filter((seat) => this.#isTaken(show, seat, given));
    if (taken.length > 0) return { code: 'seat_taken', taken };
    const total = request.kind === 'hold' ? request.expected_total : undefined;
    if (total !== undefined && total !== (rule.prices?.standard ?? 0) * wanted.length) return { code: 'price_changed' };
    return this.#breach(show, user, wanted, given);
  }

  /** The rules about other seats. */
  #breach(show: number, user: number, wanted: string[], given: ClerksBooking[]): Refusal | null {
    const rule = rules.get(show);
    const lonely = findStrandedSeat(seatsOf(show), (seat) => this.#isTaken(show, seat, given), wanted);
    if (rule?.forbidSingleSeats && lonely) return { code: 'leaves_single_seat', taken: [lonely] };
    const theirs = this.#live(show).filter((booking) => booking.user === user && !given.includes(booking));
    const count = theirs.reduce((sum, booking) => sum + booking.seats.length, wanted.length);
    return count > (rule?.maxSeatsPerUser ?? 6) ? { code: 'limit_reached' } : null;
  }

  #confirm(booking: ClerksBooking, { isPaid = false } = {}): Refusal | null {
    const { show, user, seats, status, until } = booking;
    if (status === 'booked') return null;
    if (booking.cancelled) return { code: 'hold_expired' };
    if (!isPaid && rules.get(show)?.payment === 'online') return { code: 'payment_required' };
    if (status === 'over' || until <= this.#now) {
      if (seats.some((seat) => this.#isTaken(show, seat, [booking]))) return { code: 'hold_expired' };
      const breach = this.#breach(show, user, seats, [booking]);
      if (breach) return breach;
    }
    this.#take(Object.assign(booking, { status: 'booked' as const }));
    return null;
  }

  #take(booking: ClerksBooking): void {
    for (const other of this.#bookings.values())
      if (other !== booking && other.show === booking.show && other.status === 'held' && other.until <= this.#now)
        if (other.seats.some((seat) => booking.seats.includes(seat))) other.status = 'over';
    this.#bookings.set(booking.id, booking);
  }

  #live(show: number): ClerksBooking[] {
    const isLive = ({ status, until }: ClerksBooking) =>
      status === 'booked' || (status === 'held' && until > this.#now);
    return [...this.#bookings.values()].filter((booking) => booking.show === show && isLive(booking));
  }

  #holdsOf(show: number, user: number): ClerksBooking[] {
    return this.#live(show).filter((booking) => booking.user === user && booking.status === 'held');
  }

  #isTaken(show: number, seat: string, given: ClerksBooking[]): boolean {
    return this.#live(show).some((booking) => !given.includes(booking) && booking.seats.includes(seat));
  }
}

const seatsOf = (show: number) => {
  const rule = rules.get(show);
  return rule ? allSeats(rule) : [];
};
