import type { Payment } from '@boxoffice/client';
import { formatMoney } from '../lib/money.ts';
import { usePayment } from './use-payment.ts';

/** What becomes of the money of a cancelled booking. */
export function RefundStatus({ payment: { status, amount, currency } }: { payment: Payment }) {
  const sum = formatMoney(amount, currency);
  return (
    <p className="notice" role="status">
      {status === 'refunded' && `${sum} was refunded to your card. Your bank may take some days to show it.`}
      {status === 'voided' && `Your card was not charged: the ${sum} that your bank had reserved are released.`}
      {(status === 'captured' || status === 'authorized') && `A refund of ${sum} to your card is under way.`}
    </p>
  );
}

/** The same, for a payment that is yet to be looked up. */
export function RefundOf({ paymentId }: { paymentId: string }) {
  const { data: payment } = usePayment(paymentId);
  return payment ? <RefundStatus payment={payment} /> : null;
}
