/** Histories for the tests of the checker. */
import { check } from './check.ts';
import {
  type BookingRow,
  type History,
  makesBooking,
  type Operation,
  type Outcome,
  type OutcomeRow,
  outcomeOf,
} from './history.ts';

export const booked: Outcome = { status: 'succeeded' };
export const expired: Outcome = { status: 'rejected', code: 'hold_expired' };
export const taken = (...seats: string[]): Outcome => ({ status: 'rejected', code: 'seat_taken', taken: seats });
export const notFound: Outcome = { status: 'rejected', code: 'booking_not_found' };
let count = 0;

/** An operation from `called` to `accepted`, with this outcome. */
export function operation(
  called: number,
  accepted: number | null,
  what: Outcome | null,
  more: Partial<Operation> = {},
): Operation {
  const number = ++count;
  const id = `id-${number}`;
  return {
    ...{ number, kind: 'book', show: 1, user: number, seats: ['A1'], target: null, key: null, called, accepted },
    ids: accepted === null ? [] : [id],
    possibleIds: [],
    unknown: accepted === null ? 1 : 0,
    sightings: what ? [{ asked: called, told: accepted ?? called + 1, what, by: 'poll', gateway: 0 }] : [],
    waits: [],
    ...more,
  };
}

export const cancelOf = (booking: Operation, called: number, accepted: number | null, what: Outcome | null = booked) =>
  operation(called, accepted, what, { kind: 'cancel', target: booking.ids[0] ?? '', user: booking.user });

/** Holds a seat until `expires`. */
export const holdOf = (called: number, accepted: number | null, expires: number, more: Partial<Operation> = {}) =>
  operation(called, accepted, { ...booked, expires }, { kind: 'hold', ...more });

export const confirmOf = (hold: Operation, called: number, accepted: number | null, what: Outcome | null = booked) =>
  operation(called, accepted, what, { kind: 'confirm', target: hold.ids[0] ?? '', user: hold.user, seats: hold.seats });

/** When requests were decided and how bookings ended, as the database has it: of one operation each. */
export function put(found: History, operation: Operation, decided: number, row: Partial<BookingRow> = {}): void {
  const id = operation.ids[0];
  for (const one of [...found.outcomes, ...found.bookings]) if (one.id === id) Object.assign(one, { decided });
  for (const booking of found.bookings) {
    if (booking.id === id) Object.assign(booking, row);
    const isTarget = booking.id === operation.target && outcomeOf(operation)?.status === 'succeeded';
    if (isTarget && operation.kind === 'cancel') Object.assign(booking, { cancelled: decided });
    if (isTarget && operation.kind === 'confirm') Object.assign(booking, { confirmedBy: id, status: 'booked' });
  }
  found.claims = claimsOf(found.bookings);
}

const claimsOf = (bookings: readonly BookingRow[]) =>
  bookings
    .filter(({ status }) => status === 'booked' || status === 'held')
    .flatMap(({ id, show, seats }) => seats.map((seat) => ({ show, seat, booking: id })));

/** The rows that a correct system has for these bookings. A hold has expired unless it is `put` otherwise. */
export function history(
  operations: Operation[],
  cancelled: Operation[] = [],
  extra: Partial<BookingRow>[] = [],
): History {
  const made = operations.filter(
    ({ kind, sightings }) =>
      makesBooking({ kind }) && sightings.some(({ what }) => typeof what === 'object' && what.status === 'succeeded'),
  );
  const rows = made.map(
    (booking): BookingRow => ({
      id: booking.ids[0] ?? '',
      show: booking.show,
      user: booking.user,
      seats: booking.seats,
      status: cancelled.includes(booking) ? 'cancelled' : booking.kind === 'hold' ? 'expired' : 'booked',
      ...blank,
      expires: outcomeOf(booking)?.expires ?? null,
      cancelled: cancelled.includes(booking) ? 0 : null,
    }),
  );
  const others = extra.map(
    (row): BookingRow => ({
      id: 'row',
      show: 1,
      user: 99,
      seats: ['A1'],
      status: 'booked',
      ...blank,
      ...row,
    }),
  );
  for (const row of rows) {
    const cancel = operations.find(({ kind, target }) => kind === 'cancel' && target === row.id);
    if (row.status === 'cancelled') row.cancelledBy = cancel?.ids[0] ?? null;
  }
  const bookings = [...rows, ...others];
  const outcomes = operations.flatMap(recorded);
  return { operations, bookings, claims: claimsOf(bookings), outcomes, verdicts: [], shows: [], readAt: 1_000_000 };
}

const blank = {
  ...{ cancelledBy: null, decided: 0, expires: null, confirmedBy: null, cancelled: null, cancelReason: null },
  ...{ paid: false, total: null, currency: null, payment: null, heldUntil: null },
};

/** The row of `booking.requests` that a correct system has for this operation. */
export function recorded(operation: Operation): OutcomeRow[] {
  const { ids, show, user, kind, key, target } = operation;
  const [id] = ids;
  const outcome = outcomeOf(operation);
  const bookingTells = makesBooking(operation) && outcome?.status === 'succeeded' && key === null;
  if (!outcome || id === undefined || bookingTells) return [];
  const { status, code = null, taken = null } = outcome;
  const booking = status === 'succeeded' ? (target ?? id) : null;
  return [{ id, show, user, kind, status, code, booking, key: key && `hash of ${key}`, taken, decided: 0 }];
}

/** The rules that a history breaks. */
export const rules = (found: History) => check(found).map(({ rule }) => rule);
