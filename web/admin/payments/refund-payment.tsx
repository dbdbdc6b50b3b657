import type { AdminPayment } from '@boxoffice/client';
import { boxoffice } from '../../lib/session.ts';
import { priceOf } from './payment-facts.ts';
import { ReasonedAction } from './reasoned-action.tsx';

interface RefundPaymentProps {
  payment: AdminPayment;
  onRefunded: () => void;
}

/** A button that gives the money of a payment back. */
export function RefundPayment({ payment, onRefunded }: RefundPaymentProps) {
  const price = priceOf(payment);
  return (
    <ReasonedAction
      label="Refund"
      title={`Refund ${price}?`}
      hint="Shown to the buyer, and kept in the audit log"
      act={(reason) =>
        boxoffice.post('/api/admin/payments/{id}/refund/', { params: { path: { id: payment.id } }, body: { reason } })
      }
      onDone={onRefunded}
    >
      The booking is cancelled, its seats become available to others, and {payment.user?.username ?? 'the buyer'} gets{' '}
      {price} back. This cannot be undone.
    </ReasonedAction>
  );
}
