import type { MyBooking } from '@boxoffice/client';
import { formatList, formatShortDay, formatTime } from '../lib/format.ts';
import { formatMoney } from '../lib/money.ts';
import { useQuery } from '../lib/query.ts';
import { Link } from '../lib/router.tsx';
import { CancelBooking } from './cancel-booking.tsx';
import { dueOf, formatCode } from './due.ts';
import { getShowWithMovie } from './get-show.ts';
import { hasExpired, holdEnd, isLiveHold } from './hold-state.ts';
import { Poster } from './poster.tsx';
import { TimeLeft } from './time-left.tsx';
import { useRenderAt } from './use-render-at.ts';

/** One of the user's bookings. */
export function BookingItem({ booking, onCancelled }: { booking: MyBooking; onCancelled: () => void }) {
  const { id, show, seats, status } = booking;
  useRenderAt(holdEnd(booking));
  const title = show?.movie.title ?? 'A show that no longer exists';
  const isHeld = isLiveHold(booking);
  return (
    <li className={isHeld || status === 'booked' ? 'booking' : 'booking void'}>
      <Poster title={title} />
      <div>
        <h2>{show ? <Link to={`/bookings/${id}`}>{title}</Link> : title}</h2>
        {show && (
          <p className="facts">
            {formatShortDay(show.date_time)}, {formatTime(show.date_time)} · {show.screen_name}
          </p>
        )}
        <p>
          {formatList(seats)}
          <State booking={booking} />
        </p>
      </div>
      {isHeld && <ToHold booking={booking} title={title} />}
      {status === 'booked' && <CancelBooking booking={booking} movieTitle={title} onCancelled={onCancelled} />}
    </li>
  );
}

function ToHold({ booking: { id, seats, show_id: showId }, title }: { booking: MyBooking; title: string }) {
  const { data } = useQuery(`show ${showId}`, (signal) => getShowWithMovie(showId, signal));
  const action = data?.show.payment === 'online' ? 'Pay or release' : 'Confirm or release';
  return (
    <Link className="button primary" to={`/bookings/${id}`} aria-label={`${action}: ${formatList(seats)}, ${title}`}>
      {action}
    </Link>
  );
}

/** What has become of the booking, and what is left to do. */
function State({ booking }: { booking: MyBooking }) {
  const { status, total, code, cancel_reason: reason, expires_at: expiresAt = '' } = booking;
  if (isLiveHold(booking)) {
    return (
      <strong className="state">
        held for another <TimeLeft until={expiresAt} />
      </strong>
    );
  }
  if (hasExpired(booking)) return <span className="state muted">expired: it was not confirmed in time</span>;
  if (status === 'cancelled') {
    return (
      <span className="state muted">
        cancelled{reason && `: ${reason}`}
        {booking.payment_id && '; your money goes back to your card'}
      </span>
    );
  }
  if (!total || !code) return null;
  const due = dueOf(booking);
  const paid = booking.paid_at ? `${formatMoney(total.amount, total.currency)} paid` : 'nothing to pay';
  return (
    <span className="state">
      {due ? `${due} due at the counter` : paid}, code <strong className="code">{formatCode(code)}</strong>
    </span>
  );
}
