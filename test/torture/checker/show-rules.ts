import { decisionsOf } from './decisions.ts';
import {
  type BookingRow,
  type History,
  makesBooking,
  type Operation,
  type OutcomeRow,
  type Show,
  type Violation,
} from './history.ts';
import type { Assigned } from './rows.ts';
import { mayHave, replacedReason, Timeline } from './stays.ts';

/** The campaign's clock and the database's are the same machine's; what they may differ by, in milliseconds. */
const clockToleranceMs = 20;

/** What a show allows: its price, its limit per user, and nothing once it is cancelled. */
export function checkShowRules(history: History, { makers }: Assigned): Violation[] {
  const timeline = new Timeline(history);
  const rows = new Map(history.bookings.map((row) => [row.id, row]));
  const shows = new Map(history.shows.map((show) => [show.id, show]));
  const free = (id: number): Show => ({ id, price: null, limit: null, isOnline: false, cancellation: null });
  return [
    ...history.bookings.flatMap((row) => {
      const show = shows.get(row.show) ?? free(row.show);
      return [
        ...checkPrice(row, makers.get(row), show),
        ...checkLimit(row, timeline, show),
        ...checkCancelled(row, timeline, show),
      ];
    }),
    ...decisionsOf(history).flatMap(({ outcome, asked }) => {
      const show = shows.get(outcome.show) ?? free(outcome.show);
      return [
        ...checkRefusal(outcome, { asked, show, timeline, rows }),
        ...(outcome.kind === 'pay' ? checkPayment(outcome, { asked, show, timeline, rows }) : []),
      ];
    }),
  ];
}

const broken = (text: string, where: { show: number; seats?: string[] }, asked?: Operation): Violation[] => [
  { rule: 'show rules', text, show: where.show, seats: where.seats ?? [], operations: asked ? [asked] : [] },
];

function checkPrice(row: BookingRow, maker: Operation | undefined, { price }: Show): Violation[] {
  const due = price === null ? null : price * row.seats.length;
  if (row.total !== due) return broken(`booking ${row.id} costs ${row.total}, not ${due}`, row, maker);
  const expected = maker?.expectedTotal ?? null;
  if (expected !== null && expected !== (due ?? 0))
    return broken(`booking ${row.id} costs ${due}, though no more than ${expected} was expected`, row, maker);
  return [];
}

/** What the user has once this booking is made. */
function checkLimit(row: BookingRow, timeline: Timeline, { limit }: Show): Violation[] {
  if (limit === null) return [];
  const starts = timeline.ofUser(row.show, row.user).flatMap((stay) => (stay.row === row ? [stay.from] : []));
  return starts.flatMap((at) => {
    const theirs = timeline.ofUser(row.show, row.user).filter(({ from, to }) => from <= at && at < to);
    const count = theirs.reduce((sum, stay) => sum + stay.row.seats.length, 0);
    return count > limit ? broken(`user ${row.user} has ${count} seats, and may have ${limit}`, row) : [];
  });
}

/** Nothing is sold once a show is cancelled, and nothing of it stays sold. */
function checkCancelled(row: BookingRow, timeline: Timeline, { cancellation }: Show): Violation[] {
  const { id, status, cancelReason, cancelled } = row;
  if (cancelReason !== null && !replacedReason.test(cancelReason)) {
    if (!cancellation || (cancelled ?? 0) < cancellation.called - clockToleranceMs)
      return broken(`booking ${id} was cancelled with its show, which was not cancelled`, row);
    if (cancelReason !== cancellation.reason)
      return broken(`booking ${id} was cancelled because of "${cancelReason}", not "${cancellation.reason}"`, row);
  }
  if (!cancellation || cancellation.accepted === null) return [];
  if (status === 'held' || status === 'booked') return broken(`booking ${id} of a cancelled show is ${status}`, row);
  const sold = Math.max(row.decided, timeline.confirmedAt(row) ?? 0);
  return sold > cancellation.accepted + clockToleranceMs
    ? broken(`booking ${id} was sold ${Math.round(sold - cancellation.accepted)} ms after its show was cancelled`, row)
    : [];
}

interface Context {
  asked: Operation | undefined;
  show: Show;
  timeline: Timeline;
  rows: ReadonlyMap<string, BookingRow>;
}

/** A request is refused by a rule only if it breaks that rule. */
function checkRefusal(outcome: OutcomeRow, { asked, show, timeline, rows }: Context): Violation[] {
  const { id, user, code, decided } = outcome;
  const refused = (why: string) =>
    broken(`request ${id} of user ${user} was refused (${code}), ${why}`, outcome, asked);
  if (code === 'show_cancelled')
    return !show.cancellation || decided < show.cancellation.called - clockToleranceMs
      ? refused('and its show was not cancelled')
      : [];
  if (code === 'price_changed' && asked) {
    const seats = asked.best ?? asked.seats.length;
    return asked.expectedTotal === (show.price ?? 0) * seats ? refused('and expected the right price') : [];
  }
  if (code === 'limit_reached') {
    const target = rows.get(asked?.target ?? '');
    const seats = asked && makesBooking(asked) ? (asked.best ?? asked.seats.length) : target?.seats.length;
    const theirs = timeline.ofUser(outcome.show, user).filter((stay) => stay.row !== target && mayHave(stay, decided));
    const count = theirs.reduce((sum, stay) => sum + stay.row.seats.length, seats ?? Number.POSITIVE_INFINITY);
    return count <= (show.limit ?? Number.POSITIVE_INFINITY) ? refused(`and would have had ${count} seats`) : [];
  }
  return [];
}

/** Money is taken for what is booked and has a price. */
function checkPayment(
  { id, status, decided, booking }: OutcomeRow,
  { asked, show, timeline, rows }: Context,
): Violation[] {
  const row = rows.get(booking ?? asked?.target ?? '');
  if (!row) return [];
  const booked = row.expires === null ? row.decided : timeline.confirmedAt(row);
  const mayBeBooked = booked !== null && booked <= decided;
  if (status === 'succeeded' && (row.total === null || !mayBeBooked))
    return broken(
      `${id} took money for ${row.id}, which was ${row.total === null ? 'free' : 'not booked'}`,
      row,
      asked,
    );
  const isOver = (row.cancelled !== null && row.cancelled <= decided) || show.cancellation !== null;
  const mustBeBooked = booked !== null && booked < decided && !isOver;
  if (status === 'rejected' && row.total !== null && mustBeBooked)
    return broken(`${id} took no money for ${row.id}, which was booked`, row, asked);
  return [];
}
