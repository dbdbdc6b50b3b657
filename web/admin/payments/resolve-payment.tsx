import type { AdminPayment } from '@boxoffice/client';
import { boxoffice } from '../../lib/session.ts';
import { ReasonedAction } from './reasoned-action.tsx';

interface ResolvePaymentProps {
  payment: AdminPayment;
  onResolved: () => void;
}

/** A button that says that a payment needs no attention any more. */
export function ResolvePayment({ payment, onResolved }: ResolvePaymentProps) {
  return (
    <ReasonedAction
      label="Resolve"
      title="Nothing left to do?"
      hint="What was done about it; kept in the audit log"
      act={(reason) =>
        boxoffice.post('/api/admin/payments/{id}/resolve/', { params: { path: { id: payment.id } }, body: { reason } })
      }
      onDone={onResolved}
    >
      The payment leaves the list of those that need attention. If the cause remains, it comes back.
    </ReasonedAction>
  );
}
