import type { Booking } from '@boxoffice/client';
import { useState } from 'react';
import { Heading } from '../lib/heading.tsx';
import { Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { Link } from '../lib/router.tsx';
import { useUsername } from '../lib/session.ts';
import { CancelBooking } from './cancel-booking.tsx';
import { EndedHold } from './ended-hold.tsx';
import { getBooking } from './get-booking.ts';
import { getShowWithMovie } from './get-show.ts';
import { HeldWithPayment } from './held-with-payment.tsx';
import { hasExpired, holdEnd, isLiveHold } from './hold-state.ts';
import { NotFound } from './not-found.tsx';
import { RefundOf } from './refund-status.tsx';
import { Ticket } from './ticket.tsx';
import { useRenderAt } from './use-render-at.ts';

/** Another tab may confirm or release a hold, the counter take the money, the cinema cancel the show. */
const refreshMs = 10_000;

/** One booking: a hold to confirm, or a ticket to print or show at the door. It is always shown as the server has it. */
export function BookingPage({ id }: { id: string }) {
  const username = useUsername();
  const { data, outage, problem, refetch } = useQuery(`booking ${id} ${username}`, (signal) => getBooking(id, signal), {
    refreshMs,
  });
  if (problem?.code === 'unauthenticated') return <NotFound title="Your ticket">Sign in to see this ticket.</NotFound>;
  if (problem) return <NotFound title="Ticket not found">You have no booking with this number.</NotFound>;
  if (!data) return outage ? <Outage message={outage} /> : <Loading what="your ticket" />;
  return <BookingOfShow booking={data} outage={outage} refetch={refetch} />;
}

interface BookingOfShowProps {
  booking: Booking;
  outage: string | undefined;
  refetch: () => void;
}

function BookingOfShow({ booking, outage, refetch }: BookingOfShowProps) {
  const { show_id: showId, status, payment_id: paymentId } = booking;
  const [isNew, setIsNew] = useState(false);
  const {
    data,
    outage: showOutage,
    problem,
  } = useQuery(`show ${showId}`, (signal) => getShowWithMovie(showId, signal));
  useRenderAt(holdEnd(booking));
  if (problem) return <NotFound title="Ticket not found">The show of this booking no longer exists.</NotFound>;
  if (!data) return showOutage ? <Outage message={showOutage} /> : <Loading what="your ticket" />;
  const { show, movie } = data;
  const onConfirmed = () => {
    setIsNew(true);
    refetch();
  };
  return (
    <div className="narrow">
      <Heading title={titleOf(booking, isNew)} />
      <Outage message={outage} />
      {booking.cancel_reason && <p className="notice">{booking.cancel_reason}</p>}
      {isLiveHold(booking) && <HeldWithPayment {...{ booking, show, movie, onConfirmed }} onChanged={refetch} />}
      {hasExpired(booking) && <EndedHold booking={booking} show={show} />}
      {(status === 'booked' || status === 'cancelled') && (
        <>
          {status === 'cancelled' && paymentId && <RefundOf paymentId={paymentId} />}
          <Ticket {...{ booking, show, movie }} />
          <div className="buttons">
            <Link to="/bookings">My bookings</Link>
            {paymentId && <Link to={`/payments/${paymentId}`}>{status === 'booked' ? 'Receipt' : 'Payment'}</Link>}
            {status === 'booked' && (
              <>
                <CancelBooking booking={booking} movieTitle={movie.title} onCancelled={refetch} />
                <button type="button" className="primary" onClick={() => print()}>
                  Print
                </button>
              </>
            )}
          </div>
        </>
      )}
    </div>
  );
}

function titleOf(booking: Booking, isNew: boolean): string {
  if (isLiveHold(booking)) return 'Your seats are held';
  if (hasExpired(booking)) return 'Your hold has ended';
  if (booking.status === 'cancelled') return 'This booking is cancelled';
  return isNew ? 'Enjoy the show' : 'Your ticket';
}
