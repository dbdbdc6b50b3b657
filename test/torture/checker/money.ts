import type { BookingRow, VerdictRow, Violation } from './history.ts';
import type { MoneyHistory, Movement, PaymentRow } from './money-history.ts';
import { checkTold } from './payments-told.ts';

/** The provider's clock and the database's are the same machine's; what they may differ by, in milliseconds. */
const clockToleranceMs = 20;

/** All about one payment: the movements at the provider, and what Boxoffice made of it. */
interface Account extends Record<Movement['what'], Movement[]> {
  id: string;
  row: PaymentRow | undefined;
  booking: BookingRow | undefined;
  verdict: VerdictRow | undefined;
  isBooked: boolean;
}

const broken = (text: string, booking?: BookingRow): Violation[] => [
  { rule: 'money', text, ...(booking && { show: booking.show, seats: booking.seats }) },
];

/**
 * Promise 7, over the provider's own book: nobody is charged for seats they did not get, and nobody gets seats of these
 * shows without being charged, once, exactly what they cost.
 */
export function checkMoney(history: MoneyHistory): Violation[] {
  const { bookings, forgottenEvents, leftInOutbox } = history;
  const accounts = accountsOf(history);
  return [
    ...[...accounts.values()].flatMap(checkAccount),
    ...bookings.flatMap((row) => checkBooking(row, accounts)),
    ...checkSums(history),
    ...checkTold(history),
    ...forgottenEvents.flatMap((id) => broken(`event ${id} was answered as received, and is not stored and handled`)),
    ...(leftInOutbox > 0 ? broken(`${leftInOutbox} rows of the outbox are left`) : []),
  ];
}

function accountsOf({ bookings, payments, verdicts, movements }: MoneyHistory): Map<string, Account> {
  const rows = new Map(payments.map((row) => [row.id, row]));
  const byBooking = new Map(bookings.map((row) => [row.id, row]));
  const byPayment = new Map(verdicts.map((verdict) => [verdict.payment, verdict]));
  const moved = Map.groupBy(movements, ({ payment }) => payment);
  const ids = new Set([...rows.keys(), ...byPayment.keys(), ...moved.keys()]);
  return new Map(
    [...ids].map((id): [string, Account] => {
      const row = rows.get(id);
      const booking = byBooking.get(row?.booking ?? '');
      const of = (what: Movement['what']) => moved.get(id)?.filter((movement) => movement.what === what) ?? [];
      const isBooked = booking?.status === 'booked' && booking.payment === id;
      const known = { id, row, booking, verdict: byPayment.get(id), isBooked };
      const amounts = { authorized: of('authorized'), captured: of('captured') };
      return [id, { ...known, ...amounts, voided: of('voided'), refunded: of('refunded') }];
    }),
  );
}

function checkAccount(account: Account): Violation[] {
  const { id, row, booking, isBooked, authorized, captured, voided, refunded } = account;
  const found = (text: string) => broken(`payment ${id} ${text}`, booking);
  if (!row) return found('is in the book of the provider, and Boxoffice does not know it');
  if (captured.length > 1) return found(`was captured ${captured.length} times`);
  if (refunded.length > 1) return found(`was refunded ${refunded.length} times`);
  if (captured.length + voided.length > 1) return found('was captured and voided');
  const [taken, given, released] = [captured[0], refunded[0], voided[0]];
  if (given && given.amount !== taken?.amount) return found(`of ${taken?.amount} was refunded as ${given.amount}`);
  if (taken && !given && !isBooked)
    return found(`was captured and not refunded, and its booking is ${booking?.status ?? 'not there'}`);
  if ((released || given) && isBooked)
    return found(`was ${given ? 'refunded' : 'voided'}, and has booked ${booking?.id}`);
  if (authorized.length > 0 && !taken && !released) return found('is authorised, and left hanging');
  const due = given ? 'refunded' : taken ? 'captured' : released ? 'voided' : null;
  const agrees = due === null ? row.status === 'pending' || row.status === 'failed' : row.status === due;
  if (!agrees) return found(`is ${row.status}, and to the provider ${due ?? 'not paid'}`);
  return checkVerdict(account);
}

/** The line decides first; what it decides is what follows. */
function checkVerdict({ id, verdict, booking, authorized, captured, voided }: Account): Violation[] {
  const found = (text: string) => broken(`payment ${id} ${text}`, booking);
  const [moved] = [...captured, ...voided];
  const what = captured.length > 0 ? 'captured' : 'voided';
  if (!verdict) return moved ? found(`was ${what}, and the line has not decided about it`) : [];
  const earlyMs = moved ? verdict.decided - moved.at : 0;
  if (earlyMs > clockToleranceMs) return found(`was ${what} ${Math.round(earlyMs)} ms before the line decided`);
  if (verdict.code !== null && captured.length > 0)
    return found(`was captured, and the line refused it (${verdict.code})`);
  if (verdict.code === null && booking?.payment !== id)
    return found(`was accepted for ${verdict.booking}, which ${booking?.payment ?? 'nothing'} has paid for`);
  const isRight = authorized[0]?.amount === booking?.total && authorized[0]?.currency === booking?.currency;
  if (verdict.code === 'payment_mismatch' && isRight) return found('was refused for its amount, which is right');
  if (verdict.code === 'nothing_due' && !booking?.payment)
    return found('was refused because the booking was paid for, and nothing has paid for it');
  return [];
}

/** What is booked was authorised and captured, once, with exactly what it costs. */
function checkBooking(row: BookingRow, accounts: ReadonlyMap<string, Account>): Violation[] {
  const { id, status, total, currency, payment } = row;
  if (status !== 'booked' || total === null) return [];
  const found = (text: string) => broken(`booking ${id} of ${total} ${currency} ${text}`, row);
  const account = accounts.get(payment ?? '');
  if (!account) return found('is booked, and nobody has paid for it');
  for (const what of ['authorized', 'captured'] as const) {
    const [movement, ...others] = account[what];
    if (!movement || others.length > 0) return found(`is booked, and was ${what} ${account[what].length} times`);
    if (movement.amount !== total || movement.currency !== currency)
      return found(`is booked, and ${movement.amount} ${movement.currency} were ${what}`);
  }
  return [];
}

/** What was captured and not refunded is what the booked seats cost, to the minor unit. */
function checkSums({ bookings, movements }: MoneyHistory): Violation[] {
  const sums = new Map<string, { kept: number; due: number }>();
  const add = (currency: string, { kept = 0, due = 0 }) => {
    const sum = sums.get(currency) ?? { kept: 0, due: 0 };
    sums.set(currency, { kept: sum.kept + kept, due: sum.due + due });
  };
  for (const { what, amount, currency } of movements)
    add(currency, { kept: what === 'captured' ? amount : what === 'refunded' ? -amount : 0 });
  for (const { status, total, currency } of bookings) if (status === 'booked') add(currency ?? '', { due: total ?? 0 });
  return [...sums].flatMap(([currency, { kept, due }]) =>
    kept === due ? [] : broken(`the provider keeps ${kept} ${currency}, and what is booked costs ${due}`),
  );
}
