import { decisionsOf } from './decisions.ts';
import {
  type BookingRow,
  type History,
  makesBooking,
  type Operation,
  type OutcomeRow,
  type Violation,
} from './history.ts';
import type { Assigned } from './rows.ts';
import { mayHave, mustHave, replacedReason, type Stay, Timeline } from './stays.ts';

/**
 * Holds, by the database's clock: every decision is recorded with its time, and so is the end of every hold. A hold
 * blocks its seats until then and not a moment longer, for everyone, unless it is confirmed, cancelled or replaced.
 */
export function checkHolds(history: History, { makers }: Assigned): Violation[] {
  const timeline = new Timeline(history);
  const rows = new Map(history.bookings.map((row) => [row.id, row]));
  return [
    ...checkOverlaps(timeline),
    ...history.bookings.flatMap((row) => checkRow(row, history.readAt, timeline)),
    ...[...makers].flatMap(([row, maker]) => (maker.replaces ? checkReplaced(row, timeline) : [])),
    ...history.bookings.flatMap((row) => checkReplacement(row, makers)),
    ...decisionsOf(history).flatMap(({ outcome, asked }) => {
      const booking = rows.get(outcome.booking ?? asked?.target ?? '');
      if (makesBooking(outcome)) return checkRefusal(outcome, asked, timeline);
      if (!booking) return [];
      if (outcome.kind === 'confirm') return checkConfirm(outcome, booking, timeline);
      if (outcome.kind === 'checkout') return checkCheckout(outcome, booking);
      return outcome.kind === 'cancel' ? checkCancel(outcome, booking, timeline) : [];
    }),
  ];
}

const broken = (text: string, row?: Pick<BookingRow, 'show' | 'seats'>, operations: Operation[] = []): Violation[] => [
  { rule: 'holds', text, operations, ...(row && { show: row.show, seats: row.seats }) },
];

/** Nobody gets a seat before whoever had it has given it back, or their hold has ended. */
function checkOverlaps(timeline: Timeline): Violation[] {
  return [...timeline.seats()].flatMap(({ show, seat, stays }) =>
    stays.flatMap((stay, index): Violation[] => {
      const next = stays[index + 1];
      if (!next || stay.to <= next.from) return [];
      const rule = stay.row.expires === null && next.row.expires === null ? 'one buyer per seat' : 'holds';
      const early = Math.round(stay.to - next.from);
      const text = `show ${show} seat ${seat}: ${next.row.id} got it ${early} ms before ${stay.row.id} had lost it`;
      return [{ rule, text, show, seats: [seat] }];
    }),
  );
}

/** A hold that is neither confirmed nor given up expires, in time; nothing else does. */
function checkRow(row: BookingRow, readAt: number, timeline: Timeline): Violation[] {
  const { id, status, expires, confirmedBy } = row;
  const mayExpire = expires !== null && confirmedBy === null && expires <= readAt;
  if (status === 'expired' && !mayExpire)
    return broken(`booking ${id} is expired, and was ${confirmedBy ? 'confirmed' : 'not to end yet'}`, row);
  if (status === 'held' && (expires === null || expires <= readAt))
    return broken(`booking ${id} is still held ${Math.round(readAt - (expires ?? 0))} ms after its end`, row);
  if (status === 'booked' && expires !== null && timeline.confirmedAt(row) === null)
    return broken(`booking ${id} was held, is booked, and no confirmation of it is recorded`, row);
  return [];
}

/** A refusal names seats that somebody had then, and no seat that it does not name was taken. */
function checkRefusal(
  { id, show, user, code, taken, decided }: OutcomeRow,
  asked: Operation | undefined,
  timeline: Timeline,
) {
  if (code !== 'seat_taken' || !taken) return [];
  const lonely = taken.find((seat) => !timeline.ofSeat(show, seat).some((stay) => mayHave(stay, decided)));
  const where = { show, seats: taken };
  const operations = asked ? [asked] : [];
  if (lonely)
    return broken(`user ${user} was refused ${lonely} (${id}), which nobody had at the time`, where, operations);
  // Its replacement counts the seats of a hold as free.
  const isOwn = ({ row }: Stay) =>
    asked?.replaces === true &&
    row.user === user &&
    row.expires !== null &&
    (timeline.confirmedAt(row) ?? decided) >= decided;
  const blocked = asked?.seats
    .filter((seat) => !taken.includes(seat))
    .find((seat) => timeline.ofSeat(show, seat).some((stay) => mustHave(stay, decided) && !isOwn(stay)));
  if (!blocked) return [];
  return broken(
    `user ${user} was refused, and not for ${blocked} (${id}), which somebody had at the time`,
    where,
    operations,
  );
}

/** A hold can be confirmed until its end, and later while nobody has taken its seats. */
function checkConfirm({ id, status, code, decided }: OutcomeRow, row: BookingRow, timeline: Timeline): Violation[] {
  const { expires, cancelled, confirmedBy } = row;
  const confirmed = timeline.confirmedAt(row);
  if (status === 'succeeded') {
    if (cancelled !== null && cancelled < decided)
      return broken(`${id} confirmed ${row.id} after its cancellation`, row);
    if (expires !== null && (confirmed === null || confirmed > decided))
      return broken(
        `${id} was answered as the confirmation of ${row.id}, which ${confirmedBy ?? 'nothing'} confirmed`,
        row,
      );
    return [];
  }
  if (code === 'show_cancelled' || code === 'booking_not_found' || (cancelled !== null && cancelled <= decided))
    return [];
  if (expires === null || (confirmed !== null && confirmed < decided))
    return broken(`${id} was refused (${code}) though ${row.id} was booked`, row);
  if (decided < expires) return broken(`${id} was refused (${code}) though the hold ${row.id} had not ended`, row);
  const isTaken = row.seats.some((seat) =>
    timeline.ofSeat(row.show, seat).some((stay) => stay.row !== row && mayHave(stay, decided)),
  );
  if (code !== 'hold_expired' || isTaken) return [];
  return broken(`${id} was refused though nobody had taken the seats of the hold ${row.id}`, row);
}

/** A hold can be cancelled until its end. */
function checkCancel({ id, status, code, decided }: OutcomeRow, row: BookingRow, timeline: Timeline): Violation[] {
  const { expires, cancelledBy } = row;
  const confirmed = timeline.confirmedAt(row);
  const hasEnded = expires !== null && decided >= expires && (confirmed === null || confirmed >= decided);
  if (code === 'hold_expired' && !hasEnded) return broken(`${id} could not cancel ${row.id}, which had not ended`, row);
  const mustHaveEnded = hasEnded && confirmed !== decided;
  if (status === 'succeeded' && cancelledBy === id && mustHaveEnded)
    return broken(`${id} cancelled the hold ${row.id}, which had ended by itself`, row);
  return [];
}

/** The payment of a hold can begin until its end, and gives it more time once. */
function checkCheckout({ id, status, code, decided }: OutcomeRow, row: BookingRow): Violation[] {
  const { expires, heldUntil, cancelled } = row;
  const end = heldUntil ?? expires ?? 0;
  if (code === 'hold_expired' && decided < end && (cancelled === null || cancelled > decided))
    return broken(`${id} could not begin to pay for ${row.id}, which had not ended`, row);
  if (status === 'succeeded' && (heldUntil === null || (expires ?? 0) < heldUntil || decided >= (expires ?? 0)))
    return broken(`${id} began the payment of ${row.id}, which had ended, or got no more time`, row);
  return [];
}

/** Once a hold has replaced the others of its user, there are no others. */
function checkReplaced(row: BookingRow, timeline: Timeline): Violation[] {
  const kept = timeline
    .ofUser(row.show, row.user)
    .find((stay) => stay.row !== row && stay.isHold && mustHave(stay, row.decided));
  return kept ? broken(`hold ${row.id} replaces ${kept.row.id}, which stayed`, row) : [];
}

/** A hold is given up for another one only if that was made. */
function checkReplacement(row: BookingRow, makers: Assigned['makers']): Violation[] {
  if (row.status !== 'cancelled' || !replacedReason.test(row.cancelReason ?? '')) return [];
  for (const [other, maker] of makers)
    if (maker.replaces && other.user === row.user && other.show === row.show && other.decided === row.cancelled)
      return [];
  return broken(`hold ${row.id} was given up for another one, which was not made`, row);
}
