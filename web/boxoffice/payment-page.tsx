import type { Booking, Payment } from '@boxoffice/client';
import { Heading } from '../lib/heading.tsx';
import { Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { Link } from '../lib/router.tsx';
import { useUsername } from '../lib/session.ts';
import { ConfirmingPayment } from './confirming-payment.tsx';
import { EndedHold } from './ended-hold.tsx';
import { getBooking } from './get-booking.ts';
import { getShowWithMovie } from './get-show.ts';
import { HeldBooking } from './held-booking.tsx';
import { holdEnd, isLiveHold } from './hold-state.ts';
import { NotFound } from './not-found.tsx';
import { headings, outcomeOf, type PaymentOutcome } from './payment-outcome.ts';
import './payment-page.css';
import { Receipt } from './receipt.tsx';
import { RefundStatus } from './refund-status.tsx';
import { usePayment } from './use-payment.ts';
import { useRenderAt } from './use-render-at.ts';

/** The hold of a booking ends, and its show can be cancelled, while its payment waits. */
const refreshMs = 5_000;

/** Where the checkout leads back to: what has become of a payment. It is always shown as the server has it. */
export function PaymentPage({ id }: { id: string }) {
  const { data: payment, outage, problem } = usePayment(id);
  if (problem?.code === 'unauthenticated')
    return <NotFound title="Your payment">Sign in to see this payment.</NotFound>;
  if (problem) return <NotFound title="Payment not found">You have no payment with this number.</NotFound>;
  if (!payment) return outage ? <Outage message={outage} /> : <Loading what="your payment" />;
  return <PaymentOfBooking payment={payment} outage={outage} />;
}

function PaymentOfBooking({ payment, outage }: { payment: Payment; outage: string | undefined }) {
  const { booking_id: bookingId, status } = payment;
  const username = useUsername();
  // Another state of the payment is another key: it must never be shown with the booking as it was before.
  const { data: booking, refetch } = useQuery(
    `booking ${bookingId} ${username} ${status}`,
    (signal) => getBooking(bookingId, signal),
    { refreshMs },
  );
  useRenderAt(booking ? holdEnd(booking) : Number.NaN);
  const outcome = outcomeOf(payment, booking);
  return (
    <div className="narrow payment">
      <Heading title={headings[outcome]} />
      <Outage message={outage} />
      {booking ? <Outcome {...{ outcome, payment, booking }} onChanged={refetch} /> : <Loading what="your booking" />}
    </div>
  );
}

interface OutcomeProps {
  outcome: PaymentOutcome;
  payment: Payment;
  booking: Booking;
  onChanged: () => void;
}

function Outcome({ outcome, payment, booking, onChanged }: OutcomeProps) {
  const showId = booking.show_id;
  const { data, outage } = useQuery(`show ${showId}`, (signal) => getShowWithMovie(showId, signal));
  const toTicket = (
    <Link className="button primary" to={`/bookings/${booking.id}`}>
      {booking.status === 'booked' ? 'See your ticket' : 'See the booking'}
    </Link>
  );
  if (outcome === 'refunding' || outcome === 'refunded') {
    return (
      <>
        {booking.cancel_reason && <p className="notice">{booking.cancel_reason}</p>}
        <RefundStatus payment={payment} />
        <div className="buttons">{toTicket}</div>
      </>
    );
  }
  if (!data) return outage ? <Outage message={outage} /> : <Loading what="the show" />;
  const { show, movie } = data;
  switch (outcome) {
    case 'confirming':
      return <ConfirmingPayment {...{ payment, booking, show, movie }} />;
    case 'paid':
      return <Receipt {...{ payment, booking, show, movie }} />;
    case 'declined':
      return isLiveHold(booking) ? (
        <HeldBooking {...{ booking, show, movie, payment, onChanged }} onConfirmed={onChanged} />
      ) : (
        <EndedHold booking={booking} show={show} reason="Your card was declined, and then your time ran out." />
      );
    case 'too late':
      return (
        <EndedHold
          booking={booking}
          show={show}
          reason="Your time had run out before you paid, and the seats could not be booked any more."
        />
      );
    default:
      return (
        <>
          <p>{explanations[outcome]} Your card was not charged.</p>
          {booking.cancel_reason && <p className="notice">{booking.cancel_reason}</p>}
          <div className="buttons">{toTicket}</div>
        </>
      );
  }
}

const explanations = {
  superfluous: 'They were paid for with another payment, so this one was not needed.',
  cancelled: 'It was cancelled before the payment was confirmed.',
  released: 'The payment did not match what your seats cost, so it was released.',
};
