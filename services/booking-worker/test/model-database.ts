import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import type { OutboxEntry } from '@boxoffice/shared/outbox/kinds';
import { decide } from '../src/decide/decide.ts';
import {
  type BookingRow,
  type Changes,
  type ClaimRow,
  isLive,
  type RequestRow,
  type ShowRow,
  type State,
  type VerdictRow,
} from '../src/decide/state.ts';

export const seats = ['A1', 'A2', 'A3', 'B1', 'B2', 'B3'];
const plain: ShowRow = {
  ...{ total_seats: 6, seats_per_row: 3, startsAt: new Date('2030-01-02T20:00:00Z'), isCancelled: false },
  ...{ payment: 'free', prices: null, currency: null, salesOpenAt: null, salesCloseAt: null },
  ...{ maxSeatsPerUser: null, forbidSingleSeats: false },
};
/** Of every seat of a priced show, in minor units of EUR. */
export const seatPrice = 900;
const priced = { payment: 'counter' as const, prices: { standard: seatPrice }, currency: 'EUR' };
/** Shows with the same six seats and different rules. There is no other. */
export const rules: ReadonlyMap<number, ShowRow> = new Map<number, ShowRow>([
  [1, plain],
  [2, { ...plain, ...priced, maxSeatsPerUser: 3 }],
  [4, { ...plain, forbidSingleSeats: true }],
  [5, { ...plain, ...priced, payment: 'online' }],
]);
export const shows = [...rules.keys()];

/** A model of the tables as the store reads and writes them, including their keys. */
export class ModelDatabase {
  readonly bookings = new Map<string, BookingRow>();
  readonly claims = new Map<string, ClaimRow>();
  readonly requests = new Map<string, RequestRow>();
  readonly verdicts = new Map<string, VerdictRow>();
  /** What is to be done at the providers of payments, in order. */
  readonly outbox: OutboxEntry[] = [];
  readonly shows = new Map(rules);
  #now = Date.parse('2030-01-01T12:00:00Z');

  get now(): Date {
    return new Date(this.#now);
  }

  advance(seconds: number): void {
    this.#now += seconds * 1_000;
  }

  /** What `readState` reads. */
  read(requests: readonly BookingRequest[]): State {
    const rows = [...this.requests.values()];
    const recorded = requests.flatMap(({ id, show_id, user_id, key }) =>
      rows.filter((row) => row.id === id || (key && keyOf(row) === `${show_id} ${user_id} ${key.hash}`)),
    );
    const claims = [...this.claims.values()].filter((claim) =>
      requests.some((request) => this.#concerns(request, claim)),
    );
    const named = [
      ...requests.map((request) => ('booking_id' in request ? request.booking_id : request.id)),
      ...recorded.flatMap((row) => row.bookingId ?? []),
      ...claims.filter((claim) => this.#isEnded(claim) || isReplaced(requests, claim)).map((claim) => claim.bookingId),
    ];
    const bookings = [...new Set(named)].flatMap((id) => this.bookings.get(id) ?? []);
    const verdicts = requests.flatMap((request) =>
      request.kind === 'confirm' && request.payment ? (this.verdicts.get(request.payment.id) ?? []) : [],
    );
    return { now: this.now, shows: this.shows, recorded, bookings, claims, verdicts };
  }

  /** Throws where the store would: for a key that exists, or a booking that has changed. */
  write({ made, changed, recorded, verdicts, outbox }: Changes): void {
    for (const { row, from } of changed) {
      if (this.bookings.get(row.id)?.status !== from) throw new Error(`${row.id} is not ${from}`);
      this.bookings.set(row.id, row);
      for (const [key, claim] of this.claims)
        if (claim.bookingId === row.id && !isLive(row)) this.claims.delete(key);
        else if (claim.bookingId === row.id && from === 'held')
          this.claims.set(key, { ...claim, expiresAt: row.status === 'held' ? row.expiresAt : null });
    }
    for (const row of made) {
      if (this.bookings.has(row.id)) throw new Error(`${row.id} already exists`);
      this.bookings.set(row.id, row);
      if (isLive(row)) this.#claim(row);
    }
    for (const { row, from } of changed) if (from === 'expired' && row.status === 'booked') this.#claim(row);
    for (const verdict of verdicts) {
      if (this.verdicts.has(verdict.paymentId)) throw new Error(`${verdict.paymentId} already has a verdict`);
      this.verdicts.set(verdict.paymentId, verdict);
    }
    this.outbox.push(...outbox);
    for (const row of recorded) {
      if (this.requests.has(row.id)) throw new Error(`the outcome of ${row.id} already exists`);
      const key = keyOf(row);
      if (key && [...this.requests.values()].some((other) => keyOf(other) === key))
        throw new Error(`${key} already belongs to a request`);
      this.requests.set(row.id, row);
    }
  }

  /** What the chores of the partition's owner do. */
  expireHolds(): void {
    for (const row of this.bookings.values())
      if (row.status === 'held' && row.expiresAt && row.expiresAt <= this.now)
        this.write({ ...nothing, changed: [{ row: { ...row, status: 'expired' }, from: 'held' }] });
  }

  /** Decides and commits. */
  run(requests: readonly BookingRequest[]): { outcomes: Outcome[]; changes: Changes } {
    const decision = decide(requests, this.read(requests));
    this.write(decision.changes);
    return decision;
  }

  /** Decides one request at a time, as after a turn that failed as a whole. */
  runOneByOne(requests: readonly BookingRequest[]): { outcomes: Outcome[]; changes: Changes[] } {
    const runs = requests.map((request) => this.run([request]));
    return { outcomes: runs.flatMap((run) => run.outcomes), changes: runs.map((run) => run.changes) };
  }

  #claim({ id, showId, userId, seats, status, expiresAt }: BookingRow): void {
    for (const seat of seats) {
      const key = `${showId} ${seat}`;
      if (this.claims.has(key)) throw new Error(`${key} is already claimed`);
      this.claims.set(key, { showId, seat, bookingId: id, userId, expiresAt: status === 'held' ? expiresAt : null });
    }
  }

  #concerns(request: BookingRequest, { showId, seat, userId }: ClaimRow): boolean {
    if (request.show_id !== showId || ['cancel', 'pay', 'checkout'].includes(request.kind)) return false;
    const show = this.shows.get(showId);
    const isBest = request.kind === 'hold' && 'best' in request.wish;
    if (isBest || show?.forbidSingleSeats) return true;
    const isLimited = show?.maxSeatsPerUser !== null || (request.kind === 'hold' && request.replace);
    return (isLimited && userId === request.user_id) || this.#seatsOf(request).includes(seat);
  }

  #seatsOf(request: BookingRequest): readonly string[] {
    if (request.kind === 'book') return request.seats;
    if (request.kind === 'hold') return 'seats' in request.wish ? request.wish.seats : [];
    return this.bookings.get(request.booking_id)?.seats ?? [];
  }

  #isEnded({ expiresAt }: ClaimRow): boolean {
    return expiresAt !== null && expiresAt <= this.now;
  }
}

function isReplaced(requests: readonly BookingRequest[], { showId, userId, expiresAt }: ClaimRow): boolean {
  const replaces = (request: BookingRequest) =>
    request.kind === 'hold' && request.replace && request.show_id === showId && request.user_id === userId;
  return expiresAt !== null && requests.some(replaces);
}

/** The unique index of keys; null for a row without one. */
const keyOf = ({ showId, userId, key }: RequestRow) => key && `${showId} ${userId} ${key.hash}`;
export const nothing: Changes = { made: [], changed: [], recorded: [], audited: [], verdicts: [], outbox: [] };
