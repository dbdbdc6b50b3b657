import type { Booking, Movie } from '@boxoffice/client';
import type { ReactNode } from 'react';
import { ErrorMessage, Outage } from '../lib/notices.tsx';
import { Link, navigate } from '../lib/router.tsx';
import { CancelBooking } from './cancel-booking.tsx';

interface HoldActionsProps {
  booking: Booking;
  movie: Movie;
  outage: string | undefined;
  error: string | undefined;
  /** The next step. */
  children: ReactNode;
}

/** What can be done with a hold, and why it could not. */
export function HoldActions({ booking, movie, outage, error, children }: HoldActionsProps) {
  const toSeats = `/shows/${booking.show_id}`;
  return (
    <>
      <Outage message={error ? undefined : outage} />
      <ErrorMessage message={error} />
      <div className="buttons">
        {children}
        <CancelBooking booking={booking} movieTitle={movie.title} onCancelled={() => navigate(toSeats)} />
        <Link className="button" to={toSeats}>
          Choose other seats
        </Link>
      </div>
    </>
  );
}
