import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { decide } from '../src/decide/decide.ts';
import type { BookingRow, Changes, RequestRow, State } from '../src/decide/state.ts';

const plan = { total_seats: 6, seats_per_row: 3 };
export const seats = ['A1', 'A2', 'A3', 'B1', 'B2', 'B3'];
export const shows = [1, 2];

/** A model of the tables as the store reads and writes them, including their keys. */
export class ModelDatabase {
  readonly bookings = new Map<string, BookingRow>();
  readonly claims = new Map<string, string>();
  readonly requests = new Map<string, RequestRow>();
  #clock = Date.parse('2030-01-01T12:00:00Z');

  /** What `readState` reads. */
  read(requests: readonly BookingRequest[]): State {
    const rows = [...this.requests.values()];
    const recorded = requests.flatMap(({ id, show_id, user_id, key }) =>
      rows.filter((row) => row.id === id || (key && keyOf(row) === `${show_id} ${user_id} ${key.hash}`)),
    );
    const named = [
      ...requests.map((request) => (request.kind === 'book' ? request.id : request.booking_id)),
      ...recorded.flatMap((row) => row.bookingId ?? []),
    ];
    const asked = requests.flatMap((request) =>
      request.kind === 'book' ? request.seats.map((seat) => ({ showId: request.show_id, seat })) : [],
    );
    this.#clock += 1_000;
    return {
      now: new Date(this.#clock),
      shows: new Map(shows.map((id) => [id, plan])),
      recorded,
      bookings: [...new Set(named)].flatMap((id) => this.bookings.get(id) ?? []),
      claims: asked.flatMap(({ showId, seat }) => {
        const bookingId = this.claims.get(`${showId} ${seat}`);
        return bookingId ? [{ showId, seat, bookingId }] : [];
      }),
    };
  }

  /** Throws where the store would: for a key that exists, or a booking that is no longer booked. */
  write({ booked, cancelled, recorded }: Changes): void {
    for (const { showId, id, seats, cancelledBy } of cancelled) {
      const row = this.bookings.get(id);
      if (row?.status !== 'booked') throw new Error(`${id} cannot be cancelled`);
      this.bookings.set(id, { ...row, status: 'cancelled', cancelledAt: new Date(this.#clock), cancelledBy });
      for (const seat of seats)
        if (this.claims.get(`${showId} ${seat}`) === id) this.claims.delete(`${showId} ${seat}`);
    }
    for (const row of booked) {
      if (this.bookings.has(row.id)) throw new Error(`${row.id} already exists`);
      this.bookings.set(row.id, row);
      for (const seat of row.status === 'booked' ? row.seats : []) {
        const key = `${row.showId} ${seat}`;
        if (this.claims.has(key)) throw new Error(`${key} is already claimed`);
        this.claims.set(key, row.id);
      }
    }
    for (const row of recorded) {
      if (this.requests.has(row.id)) throw new Error(`the outcome of ${row.id} already exists`);
      const key = keyOf(row);
      if (key && [...this.requests.values()].some((other) => keyOf(other) === key))
        throw new Error(`${key} already belongs to a request`);
      this.requests.set(row.id, row);
    }
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
}

/** The unique index of keys; null for a row without one. */
const keyOf = ({ showId, userId, key }: RequestRow) => key && `${showId} ${userId} ${key.hash}`;
export const nothing: Changes = { booked: [], cancelled: [], recorded: [] };
