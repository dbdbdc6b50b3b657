import type { AdminBooking } from '@boxoffice/client';
import { ConfirmButton } from '../../lib/confirm-button.tsx';
import { boxoffice } from '../../lib/session.ts';
import { usernameOf } from './booking-facts.ts';

export function CancelBooking({ booking, onCancelled }: { booking: AdminBooking; onCancelled: () => void }) {
  const subject = `${booking.seats.join(' ')} of ${usernameOf(booking)}`;
  return (
    <ConfirmButton
      action="Cancel booking"
      subject={subject}
      title="Cancel this booking?"
      onConfirm={async () => {
        await boxoffice.post('/api/admin/bookings/{id}/cancel/', { params: { path: { id: booking.id } } });
        onCancelled();
      }}
    >
      {subject}. The seats become available to others immediately.
      {booking.payment_id
        ? ' The money that was paid online is refunded.'
        : booking.paid_at && ' It has been paid: remember to refund the money.'}
    </ConfirmButton>
  );
}
