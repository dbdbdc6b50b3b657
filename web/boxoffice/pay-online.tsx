import type { Booking, Movie, Payment } from '@boxoffice/client';
import { formatMoney } from '../lib/money.ts';
import { Link } from '../lib/router.tsx';
import { HoldActions } from './hold-actions.tsx';
import { useCheckout } from './use-checkout.ts';

interface PayOnlineProps {
  booking: Booking;
  movie: Movie;
  total: NonNullable<Booking['total']>;
  /** The latest payment, if one has begun. */
  payment: Payment | undefined;
  onChanged: () => void;
}

/** Seats that are paid for online are booked by their payment: begins it, or continues it. */
export function PayOnline({ booking, movie, total, payment, onChanged }: PayOnlineProps) {
  const { isBusy, outage, error, pay } = useCheckout(booking, onChanged);
  const price = formatMoney(total.amount, total.currency);
  const status = payment?.status;
  return (
    <>
      <p role="status">{isBusy ? 'Opening the checkout …' : describe(status, price)}</p>
      <HoldActions {...{ booking, movie, outage, error }}>
        {payment && (status === 'authorized' || status === 'captured') ? (
          <Link className="button primary" to={`/payments/${payment.id}`}>
            See your payment
          </Link>
        ) : (
          <button type="button" className="primary" disabled={isBusy} onClick={pay}>
            {status === 'pending' ? 'Continue payment' : `Pay ${price}`}
          </button>
        )}
      </HoldActions>
    </>
  );
}

function describe(status: Payment['status'] | undefined, price: string): string {
  switch (status) {
    case 'pending':
      return `You have started to pay ${price}. Nothing has been charged yet: continue where you left off.`;
    case 'authorized':
    case 'captured':
      return 'We are confirming your payment.';
    case 'failed':
      return 'Your card was declined, and nothing was charged. Your seats are still held: you can pay again, with another card if you like.';
    case 'voided':
      return 'The last payment could not be used. Your card was not charged.';
    default:
      return 'You pay online next, which gives you more time. Your card is charged only once the seats are yours.';
  }
}
