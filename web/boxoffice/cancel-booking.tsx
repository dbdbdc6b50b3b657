import { type Booking, ProblemError } from '@boxoffice/client';
import { ConfirmButton } from '../lib/confirm-button.tsx';
import { formatList } from '../lib/format.ts';
import { formatMoney } from '../lib/money.ts';
import { boxoffice } from '../lib/session.ts';

/** A button that cancels a booking, or releases a hold. */
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
  const isHeld = booking.status === 'held';
  const { total, payment_id: paymentId } = booking;
  const refund = paymentId && total && formatMoney(total.amount, total.currency);
  return (
    <ConfirmButton
      action={isHeld ? 'Release seats' : 'Cancel booking'}
      subject={`${seats}, ${movieTitle}`}
      title={isHeld ? 'Release these seats?' : 'Cancel this booking?'}
      onConfirm={async (options) => {
        await boxoffice.cancel(booking.id, options).catch((reason: unknown) => {
          // It ended by itself a moment ago: its seats are free.
          if (!(reason instanceof ProblemError && reason.code === 'hold_expired')) throw reason;
        });
        onCancelled();
      }}
    >
      {seats} for {movieTitle}. The seats become available to others immediately.
      {refund && ` You get ${refund} back.`}
    </ConfirmButton>
  );
}
