import { type BookingRow, type History, makesBooking, type Operation, outcomeOf, type Violation } from './history.ts';
import { name } from './outcomes.ts';

/** Which operation made which row. */
export interface Assigned {
  makers: ReadonlyMap<BookingRow, Operation>;
  rows: ReadonlyMap<string, BookingRow>;
  /** Rows that no operation can have made. */
  violations: Violation[];
}

/**
 * Finds the operation behind each row: by its id, else one of the same user, show and seats whose
 * answer never came.
 */
export function assignRows({ operations, bookings }: History): Assigned {
  const books = operations.filter(makesBooking);
  const byId = new Map(books.flatMap((operation) => bookingIds(operation).map((id) => [id, operation] as const)));
  const byPossibleId = new Map(
    books.flatMap((operation) => operation.possibleIds.map((id) => [id, operation] as const)),
  );
  const makers = new Map<BookingRow, Operation>();
  const used = new Set<Operation>();
  for (const row of bookings) {
    const maker = byId.get(row.id) ?? byPossibleId.get(row.id);
    if (!maker || used.has(maker)) continue;
    makers.set(row, maker);
    used.add(maker);
  }
  const violations: Violation[] = [];
  for (const row of bookings) {
    if (makers.has(row)) continue;
    const asked = books.filter((operation) => asksFor(operation, row));
    const maker = asked.find(
      (operation) => !used.has(operation) && operation.unknown > 0 && operation.ids.length === 0,
    );
    if (maker) {
      makers.set(row, maker);
      used.add(maker);
    } else violations.push(orphan(row, asked));
  }
  return { makers, rows: new Map(bookings.map((row) => [row.id, row])), violations };
}

/** The ids that its booking may have. A late duplicate of a keyed request is answered with the first one's booking. */
function bookingIds({ ids, sightings }: Operation): string[] {
  return [...ids, ...sightings.flatMap(({ what }) => (typeof what === 'object' && what.booking ? [what.booking] : []))];
}

function asksFor(operation: Operation, row: BookingRow): boolean {
  const { user, show, kind } = operation;
  return user === row.user && show === row.show && (kind === 'hold') === (row.expires !== null) && fits(operation, row);
}

/** Whether these are the seats that were asked for. */
function fits({ seats, best }: Operation, row: BookingRow): boolean {
  return typeof best === 'number' ? best === row.seats.length : sorted(seats) === sorted(row.seats);
}

function orphan(row: BookingRow, asked: Operation[]): Violation {
  const keyed = asked.find(({ key }) => key !== null);
  const where = { show: row.show, seats: row.seats, operations: asked };
  return keyed
    ? {
        rule: 'keys',
        text: `user ${row.user}'s key made a second booking of ${row.seats.join(' ')} (${row.id})`,
        ...where,
      }
    : { rule: 'rows', text: `booking ${row.id} of user ${row.user} was never accepted, or asked for`, ...where };
}

/** Checks that answers and rows match, and that claims match live bookings. */
export function checkRows({ operations, bookings, claims }: History, { rows }: Assigned): Violation[] {
  const cancels = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.target !== null) cancels.set(operation.target, [...(cancels.get(operation.target) ?? []), operation]);
  }
  return [
    ...operations.flatMap((operation) => checkAnswer(operation, rows)),
    ...bookings.flatMap((row) => checkCancelled(row, cancels.get(row.id) ?? [])),
    ...checkClaims(bookings, claims),
  ];
}

function checkAnswer(operation: Operation, rows: Assigned['rows']): Violation[] {
  const outcome = outcomeOf(operation);
  if (!outcome) return [];
  const { kind, show, seats, user } = operation;
  const broken = (text: string) => [
    { rule: 'rows', text: `${name(operation)} ${text}`, show, seats, operations: [operation] },
  ];
  const row = rows.get((makesBooking(operation) ? (outcome.booking ?? operation.ids[0]) : operation.target) ?? '');
  if (!makesBooking(operation)) return outcome.status === 'succeeded' ? checkChange(operation, row, broken) : [];
  if (outcome.status !== 'succeeded') return row ? broken(`was ${outcome.status} and has a row`) : [];
  if (!row) return broken(`was answered as ${made[kind]} and has no row`);
  if (row.user !== user || !fits(operation, row)) return broken('has a row that says something else');
  if (kind === 'book' && (row.expires !== null || row.status === 'expired' || row.status === 'held'))
    return broken(`was answered as booked and its row is ${row.status}`);
  // Both are in milliseconds of the database.
  if (outcome.expires !== undefined && Math.abs((row.heldUntil ?? row.expires ?? 0) - outcome.expires) > 1)
    return broken('has a row with another end of the hold than was answered');
  return [];
}

const made = {
  ...{ book: 'booked', hold: 'held', confirm: 'booked', cancel: 'cancelled', pay: 'paid' },
  checkout: 'to be paid online',
};

function checkChange(
  { kind }: Operation,
  row: BookingRow | undefined,
  broken: (text: string) => Violation[],
): Violation[] {
  if (kind === 'checkout') return row?.total ? [] : broken(`was answered as ${made[kind]} and has no price`);
  const isTrue =
    kind === 'cancel'
      ? row?.status === 'cancelled'
      : (row?.status === 'booked' || row?.status === 'cancelled') && (kind !== 'pay' || row.paid);
  return isTrue ? [] : broken(`was answered as ${made[kind]} and its row is ${row?.status ?? 'not there'}`);
}

function checkCancelled(row: BookingRow, cancels: Operation[]): Violation[] {
  // Whether a show's cancellation or another hold ended it is checked with those.
  if (row.status !== 'cancelled' || row.cancelReason !== null) return [];
  const possible = cancels.some(({ accepted, unknown }) => accepted !== null || unknown > 0);
  if (possible) return [];
  const text = `booking ${row.id} of user ${row.user} is cancelled and no cancellation was accepted`;
  return [{ rule: 'rows', text, show: row.show, seats: row.seats, operations: cancels }];
}

function checkClaims(bookings: BookingRow[], claims: History['claims']): Violation[] {
  const place = (show: number, seat: string) => `${show} ${seat}`;
  const held = new Map<string, string[]>();
  for (const { show, seat, booking } of claims)
    held.set(place(show, seat), [...(held.get(place(show, seat)) ?? []), booking]);
  const due = new Map<string, string[]>();
  for (const { id, show, seats, status } of bookings)
    if (status === 'booked' || status === 'held')
      for (const seat of seats) due.set(place(show, seat), [...(due.get(place(show, seat)) ?? []), id]);
  const violations: Violation[] = [];
  for (const key of new Set([...held.keys(), ...due.keys()])) {
    const [holders, owners] = [held.get(key) ?? [], due.get(key) ?? []];
    const [show, seat] = key.split(' ') as [string, string];
    const broken = (rule: string, text: string) =>
      violations.push({ rule, text: `show ${show} seat ${seat} ${text}`, show: Number(show), seats: [seat] });
    if (owners.length > 1 || holders.length > 1)
      broken(
        'one buyer per seat',
        `is sold ${Math.max(owners.length, holders.length)} times: ${[...new Set([...owners, ...holders])].join(', ')}`,
      );
    else if (holders[0] !== owners[0])
      broken('rows', `is claimed by ${holders[0] ?? 'nobody'} and booked or held by ${owners[0] ?? 'nobody'}`);
  }
  return violations;
}

const sorted = (seats: readonly string[]) => [...seats].sort().join(' ');
