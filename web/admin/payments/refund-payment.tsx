import type { AdminPayment } from '@boxoffice/client';
import { useState } from 'react';
import { Dialog } from '../../lib/dialog.tsx';
import { Field } from '../../lib/fields.tsx';
import { Form } from '../../lib/form.tsx';
import { boxoffice } from '../../lib/session.ts';
import { priceOf } from './payment-facts.ts';

interface RefundPaymentProps {
  payment: AdminPayment;
  onRefunded: () => void;
}

/** A button that gives the money of a payment back, once a reason is given. */
export function RefundPayment({ payment, onRefunded }: RefundPaymentProps) {
  const [isOpen, setIsOpen] = useState(false);
  const price = priceOf(payment);
  const refund = async ({ reason = '' }: Record<string, string>) => {
    await boxoffice.post('/api/admin/payments/{id}/refund/', {
      params: { path: { id: payment.id } },
      body: { reason },
    });
    setIsOpen(false);
    onRefunded();
  };
  return (
    <>
      <button type="button" onClick={() => setIsOpen(true)}>
        Refund
      </button>
      {isOpen && (
        <Dialog title={`Refund ${price}?`} onClose={() => setIsOpen(false)}>
          <Form
            submitLabel="Refund"
            cancel={
              <button type="button" onClick={() => setIsOpen(false)}>
                Go back
              </button>
            }
            onSubmit={refund}
          >
            {(errors) => (
              <>
                <p>
                  The booking is cancelled, its seats become available to others, and{' '}
                  {payment.user?.username ?? 'the buyer'} gets {price} back. This cannot be undone.
                </p>
                <Field label="Reason" hint="Shown to the buyer, and kept in the audit log" errors={errors.reason}>
                  {(control) => <textarea name="reason" rows={2} maxLength={500} required {...control} />}
                </Field>
              </>
            )}
          </Form>
        </Dialog>
      )}
    </>
  );
}
