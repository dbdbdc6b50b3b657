/** Histories for the tests of the checker. */
import { check } from './check.ts';
import { type BookingRow, type History, type Operation, type Outcome, type OutcomeRow, outcomeOf } from './history.ts';

export const booked: Outcome = { status: 'succeeded' };
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

/** The rows that a correct system has for these bookings. */
export function history(
  operations: Operation[],
  cancelled: Operation[] = [],
  extra: Partial<BookingRow>[] = [],
): History {
  const made = operations.filter(
    ({ kind, sightings }) =>
      kind === 'book' && sightings.some(({ what }) => typeof what === 'object' && what.status === 'succeeded'),
  );
  const rows = made.map(
    (booking): BookingRow => ({
      id: booking.ids[0] ?? '',
      show: booking.show,
      user: booking.user,
      seats: booking.seats,
      status: cancelled.includes(booking) ? 'cancelled' : 'booked',
      cancelledBy: null,
      decided: 0,
    }),
  );
  const others = extra.map(
    (row): BookingRow => ({
      id: 'row',
      show: 1,
      user: 99,
      seats: ['A1'],
      status: 'booked',
      cancelledBy: null,
      decided: 0,
      ...row,
    }),
  );
  for (const row of rows) {
    const cancel = operations.find(({ kind, target }) => kind === 'cancel' && target === row.id);
    if (row.status === 'cancelled') row.cancelledBy = cancel?.ids[0] ?? null;
  }
  const bookings = [...rows, ...others];
  const claims = bookings
    .filter(({ status }) => status === 'booked')
    .flatMap(({ id, show, seats }) => seats.map((seat) => ({ show, seat, booking: id })));
  return { operations, bookings, claims, outcomes: operations.flatMap(recorded) };
}

/** The row of `booking.requests` that a correct system has for this operation. */
export function recorded(operation: Operation): OutcomeRow[] {
  const { ids, show, user, kind, key, target } = operation;
  const [id] = ids;
  const outcome = outcomeOf(operation);
  const bookingTells = kind === 'book' && outcome?.status === 'succeeded' && key === null;
  if (!outcome || id === undefined || bookingTells) return [];
  const { status, code = null } = outcome;
  const booking = status === 'succeeded' ? (kind === 'cancel' ? target : id) : null;
  return [{ id, show, user, kind, status, code, booking, key: key && `hash of ${key}` }];
}

/** The rules that a history breaks. */
export const rules = (found: History) => check(found).map(({ rule }) => rule);
