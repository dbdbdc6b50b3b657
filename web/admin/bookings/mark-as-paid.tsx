import { type AdminBooking, ProblemError } from '@boxoffice/client';
import { Form } from '../../lib/form.tsx';
import { formatMoney } from '../../lib/money.ts';
import { boxoffice } from '../../lib/session.ts';
import { paymentMethods } from './booking-facts.ts';

type Method = keyof typeof paymentMethods;

interface MarkAsPaidProps {
  booking: AdminBooking;
  onPaid: () => void;
}

/** Records that the administrator has taken the money for a booking. */
export function MarkAsPaid({ booking: { id, total }, onPaid }: MarkAsPaidProps) {
  if (!total) return null;
  const pay = async ({ paid_with }: Record<string, string>) => {
    const body = { paid_with: paid_with as Method };
    const result = await boxoffice.post('/api/admin/bookings/{id}/pay/', { params: { path: { id } }, body });
    // A job: the queue is long, and the request has not been decided yet.
    if ('kind' in result) {
      const { problem } = await boxoffice.outcome(result.id);
      if (problem) throw new ProblemError(problem);
    }
    onPaid();
  };
  return (
    <Form className="card form" submitLabel="Mark as paid" onSubmit={pay}>
      {() => (
        <fieldset>
          <legend>{formatMoney(total.amount, total.currency)} due. Paid with</legend>
          {Object.entries(paymentMethods).map(([method, name]) => (
            <label key={method}>
              <input type="radio" name="paid_with" value={method} defaultChecked={method === 'cash'} />
              {name}
            </label>
          ))}
        </fieldset>
      )}
    </Form>
  );
}
