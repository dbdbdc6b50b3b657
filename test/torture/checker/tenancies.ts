import { type BookingRow, type History, type Operation, outcomeOf } from './history.ts';
import { Moments } from './moments.ts';
import type { Tenancy } from './seat.ts';
import { confirmedAt } from './stays.ts';

const never = { earliest: Number.POSITIVE_INFINITY, latest: Number.POSITIVE_INFINITY, why: [] };

/** When, among the requests, each booking had its seats. */
export class Tenancies {
  readonly #moments: Moments;
  readonly #cancels: ReadonlyMap<string, Operation[]>;
  readonly #outcomes: ReadonlyMap<string, History['outcomes'][number]>;
  readonly #byRequest: ReadonlyMap<string, Operation>;

  constructor(history: History) {
    this.#moments = new Moments(history);
    this.#cancels = cancelsByTarget(history.operations);
    this.#outcomes = new Map(history.outcomes.map((row) => [row.id, row]));
    this.#byRequest = new Map(history.operations.flatMap((operation) => operation.ids.map((id) => [id, operation])));
  }

  /** One, or two if the hold ended and was confirmed later. */
  of(row: BookingRow, maker: Operation): Tenancy[] {
    const { id: booking, show, decided, expires, confirmedBy } = row;
    const start = windowOf(maker);
    const confirmed = confirmedAt(row, this.#outcomes);
    if (expires === null || (confirmed !== null && confirmed < expires))
      return [{ booking, at: decided, start, end: this.#endOf(row) }];
    const expiry = { ...this.#moments.from(show, expires), why: [maker] };
    if (confirmed === null)
      return [{ booking, at: decided, start, end: row.status === 'cancelled' ? this.#endOf(row) : expiry }];
    const confirmation = this.#byRequest.get(confirmedBy ?? '');
    const again = confirmation ? windowOf(confirmation) : { ...this.#moments.at(show, confirmed), why: [] };
    return [
      { booking, at: decided, start, end: expiry },
      { booking, at: confirmed, start: again, end: this.#endOf(row) },
    ];
  }

  /** When it was cancelled: by its user, for another hold, or with its show. */
  #endOf({ id, show, status, cancelled, cancelReason }: BookingRow): Tenancy['end'] {
    if (status !== 'cancelled') return { ...never };
    if (cancelReason !== null && cancelled !== null) return { ...this.#moments.at(show, cancelled), why: [] };
    return cancellation(this.#cancels.get(id) ?? []);
  }
}

const windowOf = (operation: Operation): Tenancy['start'] => ({
  earliest: operation.called,
  latest: operation.accepted ?? Number.POSITIVE_INFINITY,
  why: [operation],
});

/**
 * When a booking was cancelled, whichever of its cancellations did it: not before the first was sent,
 * and not after one that succeeded was accepted.
 */
function cancellation(cancels: readonly Operation[]): Tenancy['end'] {
  const possible = cancels.filter(({ accepted, unknown }) => accepted !== null || unknown > 0);
  const succeeded = possible.filter((operation) => outcomeOf(operation)?.status === 'succeeded');
  return {
    earliest: Math.min(...possible.map(({ called }) => called)),
    latest: Math.min(...succeeded.map(({ accepted }) => accepted ?? Number.POSITIVE_INFINITY)),
    why: possible,
  };
}

function cancelsByTarget(operations: readonly Operation[]): Map<string, Operation[]> {
  const cancels = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.target === null || operation.kind !== 'cancel') continue;
    cancels.set(operation.target, [...(cancels.get(operation.target) ?? []), operation]);
  }
  return cancels;
}
