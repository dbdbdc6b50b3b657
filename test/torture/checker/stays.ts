import type { BookingRow, History, OutcomeRow } from './history.ts';

/**
 * A stretch in which a booking has its seats, by the database's clock. Decisions of one turn have the same time, so
 * what touches may have come in either order.
 */
export interface Stay {
  row: BookingRow;
  from: number;
  to: number;
  /** Whether it ends because its time is over: at that very moment it is over for every request. */
  endsByItself: boolean;
  /** Whether it is a hold that was not confirmed in time. */
  isHold: boolean;
}

/** Why a hold was cancelled, if another one replaced it. */
export const replacedReason = /^Replaced/;

/** A booking's stays: two when its hold ended and was confirmed later. */
function staysOf(row: BookingRow, confirmed: number | null): Stay[] {
  const { decided: from, expires, cancelled } = row;
  const end = cancelled ?? Number.POSITIVE_INFINITY;
  const booked = (since: number): Stay => ({ row, from: since, to: end, endsByItself: false, isHold: false });
  if (expires === null) return [booked(from)];
  if (confirmed !== null && confirmed < expires) return [booked(from)];
  const hold = { row, from, to: expires, endsByItself: true, isHold: true };
  if (confirmed !== null) return [hold, booked(confirmed)];
  return [cancelled === null ? hold : { ...hold, to: cancelled, endsByItself: false }];
}

/** When a hold was confirmed; null if it was not, as far as is recorded. */
export const confirmedAt = (row: BookingRow, outcomes: ReadonlyMap<string, OutcomeRow>): number | null =>
  (row.confirmedBy !== null && outcomes.get(row.confirmedBy)?.decided) || null;

/** Whether a decision at this time may have seen the seats of this stay as taken. */
export const mayHave = ({ from, to, endsByItself }: Stay, at: number): boolean =>
  from <= at && (endsByItself ? at < to : at <= to);

/** Whether a decision at this time must have seen them as taken. */
export const mustHave = ({ from, to }: Stay, at: number): boolean => from < at && at < to;

/** All stays of a history, by show and by seat. */
export class Timeline {
  readonly outcomes: ReadonlyMap<string, OutcomeRow>;
  readonly #seats = new Map<string, Stay[]>();
  readonly #users = new Map<string, Stay[]>();

  constructor({ bookings, outcomes }: Pick<History, 'bookings' | 'outcomes'>) {
    this.outcomes = new Map(outcomes.map((row) => [row.id, row]));
    for (const row of bookings)
      for (const stay of staysOf(row, this.confirmedAt(row))) {
        push(this.#users, `${row.show} ${row.user}`, stay);
        for (const seat of row.seats) push(this.#seats, `${row.show} ${seat}`, stay);
      }
  }

  confirmedAt(row: BookingRow): number | null {
    return confirmedAt(row, this.outcomes);
  }

  /** Of a seat, by their beginnings. */
  ofSeat(show: number, seat: string): Stay[] {
    return this.#seats.get(`${show} ${seat}`) ?? [];
  }

  ofUser(show: number, user: number): Stay[] {
    return this.#users.get(`${show} ${user}`) ?? [];
  }

  /** Every seat that anybody ever had, with its stays. */
  *seats(): Iterable<{ show: number; seat: string; stays: Stay[] }> {
    for (const [key, stays] of this.#seats) {
      const [show = '', seat = ''] = key.split(' ');
      yield { show: Number(show), seat, stays: stays.toSorted((a, b) => a.from - b.from || a.to - b.to) };
    }
  }
}

function push(map: Map<string, Stay[]>, key: string, stay: Stay): void {
  const known = map.get(key);
  if (known) known.push(stay);
  else map.set(key, [stay]);
}
