import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { asLeftBy, bookingView } from '@boxoffice/shared/contracts/booking';
import type {
  BookingRequest,
  BookRequest,
  CancelRequest,
  ConfirmRequest,
  HoldRequest,
  Outcome,
  PayRequest,
} from '@boxoffice/shared/contracts/jobs';
import { type Problem, problem } from '@boxoffice/shared/contracts/problems';
import { Claims } from './claims.ts';
import { type Attempt, refusalWithoutPayment, type Sale, trySale } from './sale.ts';
import type { AuditLine, BookingRow, Changes, ShowRow, State } from './state.ts';

/** The seats and bookings while requests are decided one after another. */
export class SeatLedger {
  /** Changes made by administrators. */
  readonly audited: AuditLine[] = [];
  readonly #state: State;
  /** Bookings as the database stores them. */
  readonly #stored = new Map<string, BookingRow>();
  /** Bookings after the requests decided so far. */
  readonly #bookings = new Map<string, BookingRow>();
  readonly #claims: Claims;

  constructor(state: State) {
    this.#state = state;
    this.#claims = new Claims(state.claims, state.now);
    for (const row of state.bookings) {
      this.#stored.set(row.id, row);
      this.#bookings.set(row.id, row);
    }
  }

  find(bookingId: string): BookingRow | null {
    return this.#bookings.get(bookingId) ?? null;
  }

  book(request: BookRequest): Outcome {
    const { seats, user_id: userId, show_id: showId } = request;
    const sale = this.#try({ kind: 'book', showId, userId, wish: { seats }, released: [] });
    if (isProblem(sale)) return rejected(request, sale);
    return this.#make(request, sale, null);
  }

  hold(request: HoldRequest): Outcome {
    const { show_id: showId, user_id: userId, wish, expected_total: expectedTotal } = request;
    const released = request.replace ? this.#claims.holdsOf(showId, userId) : [];
    const sale = this.#try({ kind: 'hold', showId, userId, wish, expectedTotal, released });
    if (isProblem(sale)) return rejected(request, sale);
    for (const id of released) this.#end(id, 'cancelled', { cancelReason: 'Replaced by another hold' });
    return this.#make(request, sale, new Date(this.#state.now.getTime() + request.hold_seconds * 1_000));
  }

  /** A hold that has ended is confirmed as well, if its seats could be sold to the same user for the same price. */
  confirm(request: ConfirmRequest): Outcome {
    const booking = this.#bookings.get(request.booking_id);
    if (!booking || booking.userId !== request.user_id) return rejected(request, problem('booking_not_found'));
    const show = this.#state.shows.get(booking.showId);
    if (booking.status === 'booked' && !show?.isCancelled) return succeeded(request, booking);
    const refusal = this.#refusalOfConfirming(booking, show);
    if (refusal) return rejected(request, refusal);
    const booked: BookingRow = { ...booking, status: 'booked', confirmedBy: request.id };
    this.#claim(booked);
    return succeeded(request, booked);
  }

  cancel(request: CancelRequest): Outcome {
    const { id, booking_id: bookingId, user_id: userId, as_admin: asAdmin } = request;
    const booking = this.#bookings.get(bookingId);
    if (!booking || (booking.userId !== userId && !asAdmin)) return rejected(request, problem('booking_not_found'));
    if (this.#hasEnded(booking)) return rejected(request, problem('hold_expired', 'The hold has expired.'));
    if (booking.status === 'cancelled') return succeeded(request, booking);
    const cancelled = this.#end(bookingId, 'cancelled', { cancelledBy: id });
    if (asAdmin) this.#audit(request, booking, cancelled);
    return succeeded(request, cancelled);
  }

  pay(request: PayRequest): Outcome {
    const booking = this.#bookings.get(request.booking_id);
    if (!booking) return rejected(request, problem('booking_not_found'));
    if (booking.status !== 'booked')
      return rejected(request, problem('nothing_due', `The booking is ${booking.status}.`));
    if (this.#state.shows.get(booking.showId)?.isCancelled)
      return rejected(request, problem('nothing_due', 'The show is cancelled.'));
    if (booking.total === null) return rejected(request, problem('nothing_due', 'The seats are free of charge.'));
    if (booking.paidAt) return succeeded(request, booking);
    const payment = { paidAt: this.#state.now, paidBy: request.user_id, paidWith: request.paid_with };
    const paid: BookingRow = { ...booking, ...payment };
    this.#bookings.set(paid.id, paid);
    this.#audit(request, booking, paid);
    return succeeded(request, paid);
  }

  /** The difference between the bookings after these requests and those in the database. */
  changes(): Pick<Changes, 'made' | 'changed'> {
    const changes: Pick<Changes, 'made' | 'changed'> = { made: [], changed: [] };
    for (const row of this.#bookings.values()) {
      const stored = this.#stored.get(row.id);
      if (!stored) changes.made.push(row);
      else if (stored !== row) changes.changed.push({ row, from: stored.status });
    }
    return changes;
  }

  #try(attempt: Attempt): Sale | Problem {
    const { shows, now } = this.#state;
    return trySale(attempt, shows.get(attempt.showId), { claims: this.#claims, now });
  }

  #refusalOfConfirming(booking: BookingRow, show: ShowRow | undefined): Problem | null {
    const { id, showId, userId, seats, status } = booking;
    if (!show) return problem('show_not_found', 'The show no longer exists.');
    if (show.isCancelled)
      return problem('show_cancelled', 'The show has been cancelled. Its seats are no longer sold.');
    if (status === 'cancelled') return problem('hold_expired', 'The hold was released.');
    if (status === 'held' && !this.#hasEnded(booking)) return refusalWithoutPayment(show);
    const sale = this.#try({ kind: 'confirm', showId, userId, wish: { seats }, released: [id] });
    if (!isProblem(sale)) return isPriceOf(booking, sale) ? null : problem('price_changed', priceChanged);
    if (sale.code !== 'seat_taken' && sale.code !== 'validation_failed') return sale;
    return problem('hold_expired', 'The hold has ended, and its seats are no longer free.');
  }

  /** Whether a hold has ended by itself. Its row may not say so yet. */
  #hasEnded({ status, expiresAt }: BookingRow): boolean {
    return status === 'expired' || (status === 'held' && expiresAt !== null && expiresAt <= this.#state.now);
  }

  #make(request: BookRequest | HoldRequest, { seats, price }: Sale, expiresAt: Date | null): Outcome {
    // Without spreading: every booking passes through here.
    const booking: BookingRow = {
      id: request.id,
      showId: request.show_id,
      userId: request.user_id,
      seats,
      status: expiresAt ? 'held' : 'booked',
      createdAt: this.#state.now,
      expiresAt,
      cancelledAt: null,
      cancelledBy: null,
      cancelReason: null,
      confirmedBy: null,
      items: price?.items ?? null,
      total: price?.total ?? null,
      currency: price?.currency ?? null,
      code: price ? codeOf(request.id) : null,
      paidAt: null,
      paidBy: null,
      paidWith: null,
    };
    this.#claim(booking);
    return {
      id: request.id,
      status: 'succeeded',
      booking: bookingView(price ? asLeftBy(request.kind, booking) : booking),
    };
  }

  #claim(booking: BookingRow): void {
    this.#bookings.set(booking.id, booking);
    for (const id of this.#claims.add(booking)) this.#end(id, 'expired', {});
  }

  #end(bookingId: string, status: 'cancelled' | 'expired', fields: Partial<BookingRow>): BookingRow {
    const booking = this.#bookings.get(bookingId);
    if (!booking) throw new Error(`the booking ${bookingId} of a claim is missing`);
    const cancelledAt = status === 'cancelled' ? this.#state.now : null;
    const ended: BookingRow = { ...booking, status, cancelledAt, ...fields };
    this.#bookings.set(bookingId, ended);
    this.#claims.remove(ended);
    return ended;
  }

  #audit({ kind, id, user_id, request_id }: CancelRequest | PayRequest, before: BookingRow, after: BookingRow): void {
    const fields = ({ showId, userId, seats, status, paidAt, paidWith }: BookingRow) => {
      const common = { show_id: showId, user_id: userId, seats, status };
      return kind === 'pay' ? { ...common, paid_at: paidAt, paid_with: paidWith } : common;
    };
    this.audited.push({
      ...{ showId: before.showId, id, actorId: user_id, requestId: request_id, action: kind, bookingId: before.id },
      ...{ before: fields(before), after: fields(after) },
    });
  }
}

const priceChanged = 'The hold has ended, and its seats have another price now. Hold them again.';

/** Whether a sale would cost what was agreed for a booking, seat by seat. */
function isPriceOf({ items, currency }: BookingRow, { price }: Sale): boolean {
  return isDeepStrictEqual(items, price?.items ?? null) && currency === (price?.currency ?? null);
}

/** Crockford's Base32: no I, L, O or U. */
const codeAlphabet = 'ABCDEFGHJKMNPQRSTVWXYZ0123456789';

/** Eight characters, so that two bookings of a show practically never have the same. Deterministic, like all of `decide`. */
function codeOf(bookingId: string): string {
  const bytes = createHash('sha256').update(bookingId).digest().subarray(0, 8);
  return [...bytes].map((byte) => codeAlphabet[byte % codeAlphabet.length]).join('');
}

function succeeded({ id, kind }: BookingRequest, booking: BookingRow): Outcome {
  return { id, status: 'succeeded', booking: bookingView(asLeftBy(kind, booking)) };
}

function isProblem(sale: Sale | Problem): sale is Problem {
  return 'code' in sale;
}

function rejected({ id }: BookingRequest, reason: Problem): Outcome {
  return { id, status: 'rejected', problem: reason };
}
