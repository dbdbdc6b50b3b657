import { askerOf } from './decisions.ts';
import { type History, makesBooking, type Operation, type OutcomeRow, outcomeOf, type Violation } from './history.ts';
import { onlineShows } from './online-shows.ts';
import { name } from './outcomes.ts';
import type { Assigned } from './rows.ts';

/**
 * Checks `booking.requests`: everything that a booking alone does not record has a row, each row says what
 * the clients were told, and a key is on one row.
 */
export function checkOutcomeRows(history: History, assigned: Assigned): Violation[] {
  const { operations, bookings, outcomes } = history;
  const byId = new Map(outcomes.map((row) => [row.id, row]));
  const changed = new Set(outcomes.flatMap((row) => (!makesBooking(row) && row.booking ? [changeOf(row)] : [])));
  const keyed = new Set(outcomes.flatMap((row) => (row.key === null ? [] : [askerOf(row)])));
  return [
    ...operations.flatMap((operation) => checkRecorded(operation, { byId, changed, keyed, rows: assigned.rows })),
    ...bookings.flatMap((row) => {
      const { id, show, seats, status, cancelledBy } = row;
      const maker = assigned.makers.get(row);
      const where = { show, seats, operations: maker ? [maker] : [] };
      const violations: Violation[] = [];
      if (maker?.key && !byId.get(id)?.key)
        violations.push({ rule: 'keys', text: `booking ${id} was made with a key that is not recorded`, ...where });
      const by = byId.get(cancelledBy ?? '');
      if (status === 'cancelled' && row.cancelReason === null && (by?.booking !== id || by.status !== 'succeeded'))
        violations.push({ rule: 'rows', text: `booking ${id}: its cancellation is not recorded`, ...where });
      return violations;
    }),
    ...outcomes.flatMap((row) => checkRow(row, assigned)),
    ...checkKeys(outcomes),
    ...checkAskedFor(history),
  ];
}

/** What clients were told must be recorded. */
function checkRecorded(
  operation: Operation,
  {
    byId,
    changed,
    keyed,
    rows,
  }: Pick<Assigned, 'rows'> & {
    byId: Map<string, OutcomeRow>;
    changed: Set<string>;
    keyed: Set<string>;
  },
): Violation[] {
  const outcome = outcomeOf(operation);
  if (!outcome) return [];
  const { ids, kind, key, target, show, seats } = operation;
  const broken = (rule: string, text: string): Violation[] => [
    { rule, text: `${name(operation)} ${text}`, show, seats, operations: [operation] },
  ];
  const { status, code, booking = target ?? ids[0] } = outcome;
  // What was cancelled already, with its show or for another hold, is answered without a request of its own.
  const wasCancelled = kind === 'cancel' && (rows.get(target ?? '')?.cancelReason ?? null) !== null;
  // The answer to a change does not name its request.
  if (ids.length === 0)
    return !wasCancelled &&
      target !== null &&
      status === 'succeeded' &&
      !changed.has(changeOf({ kind, booking: target }))
      ? broken('rows', 'succeeded, and no outcome is recorded')
      : [];
  const found = ids.flatMap((id) => byId.get(id) ?? []);
  for (const row of found) {
    const told = status === 'succeeded' ? `${status} ${booking}` : `${status} ${code}`;
    const recorded = row.status === 'succeeded' ? `${row.status} ${row.booking}` : `${row.status} ${row.code}`;
    if (told !== recorded) return broken('rows', `was answered as ${told}, and ${recorded} is recorded`);
  }
  const bookingTells = makesBooking(operation) && status === 'succeeded' && key === null;
  if (found.length === 0 && !bookingTells) return broken('rows', `was ${status}, and no outcome is recorded`);
  if (key !== null && !keyed.has(askerOf(operation))) return broken('keys', 'has a key that is not recorded');
  return [];
}

/** A row must be possible, and true of its booking. */
function checkRow({ id, show, user, kind, status, booking }: OutcomeRow, { rows }: Assigned): Violation[] {
  const broken = (rule: string, text: string) => [{ rule, text: `request ${id} of user ${user} ${text}`, show }];
  if (status === 'failed') return broken('outcomes', 'was recorded as failed, by a fault of the system');
  if (status === 'rejected') return rows.has(id) ? broken('rows', 'is recorded as rejected and has a booking') : [];
  const row = rows.get(booking ?? '');
  // Who takes the money is an administrator.
  if (row?.user !== user && (kind !== 'pay' || !row))
    return broken('rows', `is recorded with booking ${booking}, which is not there`);
  if (kind === 'cancel' && row.status !== 'cancelled')
    return broken('rows', `is recorded as the cancellation of ${booking}, which is ${row.status}`);
  if (kind === 'confirm' && row.status !== 'booked' && row.status !== 'cancelled')
    return broken('rows', `is recorded as the confirmation of ${booking}, which is ${row.status}`);
  if (kind === 'pay' && !row.paid) return broken('rows', `is recorded as the payment of ${booking}, which is not paid`);
  return [];
}

/** A key belongs to one request. */
function checkKeys(outcomes: readonly OutcomeRow[]): Violation[] {
  const owners = new Map<string, string>();
  return outcomes.flatMap(({ id, show, user, key }) => {
    if (key === null) return [];
    const full = `${show} ${user} ${key}`;
    const other = owners.get(full);
    owners.set(full, id);
    return other ? [{ rule: 'keys', text: `a key of user ${user} belongs to ${other} and to ${id}`, show }] : [];
  });
}

/** Each row must belong to a request that was accepted, or whose answer never came. Payments confirm by themselves. */
function checkAskedFor({ operations, outcomes, shows }: History): Violation[] {
  const online = onlineShows(shows);
  const known = new Set(operations.flatMap(({ ids, possibleIds }) => [...ids, ...possibleIds]));
  const unnamed = new Map<string, number>();
  for (const operation of operations) {
    // A change that was answered with its booking has a request too, whose id we never learned.
    const answered = operation.accepted !== null && operation.ids.length === 0 ? 1 : 0;
    const count = (unnamed.get(askerOf(operation)) ?? 0) + operation.unknown + answered;
    unnamed.set(askerOf(operation), count);
  }
  return outcomes.flatMap((row) => {
    if (known.has(row.id) || (row.kind === 'confirm' && online.has(row.show))) return [];
    const left = unnamed.get(askerOf(row)) ?? 0;
    unnamed.set(askerOf(row), left - 1);
    if (left > 0) return [];
    const asked = operations.filter((operation) => askerOf(operation) === askerOf(row));
    const text = `a ${row.kind} of user ${row.user} is recorded (${row.id}), and was never accepted, or asked for`;
    return [{ rule: 'rows', text, show: row.show, operations: asked }];
  });
}

const changeOf = ({ kind, booking }: Pick<OutcomeRow, 'kind' | 'booking'>) => `${kind} ${booking}`;
