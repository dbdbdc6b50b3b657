import { asLeftBy, bookingView } from '@boxoffice/shared/contracts/booking';
import type { BookingRequest, Outcome, RequestKey } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import type { SeatLedger } from './seat-ledger.ts';
import type { RequestRow, State } from './state.ts';

/** Which requests have been decided, how, and which of them an Idempotency-Key belongs to. */
export class RequestLog {
  /** Rows to be written, in the order of their requests. */
  readonly added: RequestRow[] = [];
  readonly #ledger: SeatLedger;
  readonly #byId = new Map<string, RequestRow>();
  readonly #byKey = new Map<string, RequestRow>();

  constructor(state: State, ledger: SeatLedger) {
    this.#ledger = ledger;
    for (const row of state.recorded) this.#remember(row);
  }

  /** The outcome of this very request if it was decided before, else null. */
  recordedOutcome({ id, kind }: BookingRequest): Outcome | null {
    const row = this.#byId.get(id);
    if (row) return this.#outcomeOf(row, id);
    const made = kind === 'book' || kind === 'hold' ? this.#ledger.find(id) : null;
    return made && { id, status: 'succeeded', booking: bookingView(asLeftBy(kind, made)) };
  }

  /**
   * The outcome for a request whose Idempotency-Key belongs to an earlier request: that one's, or a rejection if
   * that one asked for something else. Recorded, so that this request too can be looked up. Null when
   * there is no earlier one.
   */
  outcomeOfKey(request: BookingRequest): Outcome | null {
    const { id, show_id: showId, user_id: userId, key } = request;
    const first = key && this.#byKey.get(keyOf(showId, userId, key));
    if (!first) return null;
    const outcome: Outcome =
      first.key?.fingerprint === key.fingerprint
        ? this.#outcomeOf(first, id)
        : { id, status: 'rejected', problem: problem('idempotency_mismatch') };
    this.record(request, outcome);
    return outcome;
  }

  /** Records an outcome, unless its booking alone tells it. @param key the key that now belongs to this request */
  record({ id, kind, show_id: showId, user_id: userId }: BookingRequest, outcome: Outcome, key?: RequestKey): void {
    const succeeded = outcome.status === 'succeeded';
    if (succeeded && outcome.booking.id === id && !key) return;
    const row: RequestRow = {
      ...{ showId, id, userId, kind, status: outcome.status, key: key ?? null },
      bookingId: succeeded ? outcome.booking.id : null,
      problem: succeeded ? null : outcome.problem,
    };
    this.#remember(row);
    this.added.push(row);
  }

  #remember(row: RequestRow): void {
    this.#byId.set(row.id, row);
    if (row.key) this.#byKey.set(keyOf(row.showId, row.userId, row.key), row);
  }

  /** The outcome that a row records, for the request `id`: this one or a repeat of it. */
  #outcomeOf({ kind, status, bookingId, problem }: RequestRow, id: string): Outcome {
    if (status !== 'succeeded' && problem) return { id, status, problem };
    const booking = bookingId && this.#ledger.find(bookingId);
    if (!booking) throw new Error(`the booking of the recorded request ${id} is missing`);
    return { id, status: 'succeeded', booking: bookingView(asLeftBy(kind, booking)) };
  }
}

const keyOf = (showId: number, userId: number, { hash }: RequestKey) => `${showId} ${userId} ${hash}`;
