import { type Booking, patiently } from '@boxoffice/client';
import { ConfirmButton } from '../lib/confirm-button.tsx';
import { formatList } from '../lib/format.ts';
import { boxoffice } from '../lib/session.ts';

/** A button that cancels a booking. */
export function CancelBooking({
  booking,
  movieTitle,
  onCancelled,
}: {
  booking: Booking;
  movieTitle: string;
  onCancelled: () => void;
}) {
  const seats = formatList(booking.seats);
  return (
    <ConfirmButton
      action="Cancel booking"
      subject={`${seats}, ${movieTitle}`}
      title="Cancel this booking?"
      onConfirm={async (options) => {
        // Cancelling is idempotent.
        await patiently(() => boxoffice.cancel(booking.id, options), options);
        onCancelled();
      }}
    >
      {seats} for {movieTitle}. The seats become available to others immediately.
    </ConfirmButton>
  );
}
