import { PaymentView } from '@boxoffice/shared/contracts/payments';
import {
  acceptedJob,
  type BudgetDependencies,
  changeContract,
  type PollDependencies,
  readChange,
  sendAccepted,
  sendRefusal,
  withinBudget,
} from '../../bookings/index.ts';
import { operation } from '../../http/operation.ts';
import { paymentView } from '../payment-row.ts';
import { type StartPaymentDependencies, startPayment as start } from '../start-payment.ts';

export const startPayment = operation({
  method: 'POST',
  path: '/api/bookings/:id/payments/',
  auth: 'user',
  tag: 'Payments',
  id: 'startPayment',
  summary: 'Pay for a hold online',
  description:
    'Send the buyer to `checkout_url`, and then ask for the payment. The hold lasts at least 15 minutes from now, once. ' +
    'A booking has one open payment: a repeat gets the same, and after one that failed a new one. The seats are booked ' +
    "when the buyer's bank has agreed, and only then is the money taken.",
  params: changeContract.params,
  headers: changeContract.headers,
  success: {
    201: PaymentView.describe('The payment'),
    202: acceptedJob,
  },
  errors: [
    ...changeContract.errors,
    ...(['hold_expired', 'nothing_due', 'show_not_found', 'show_cancelled', 'payments_unavailable'] as const),
  ],
  needs: ['queue', 'database'],
  hooks: withinBudget(() => ({})),
  handler:
    (dependencies: StartPaymentDependencies & PollDependencies & BudgetDependencies) => async (request, reply) => {
      const started = await start(dependencies, readChange(request, reply));
      if ('payment' in started) {
        const location = `/api/payments/${started.payment.id}/`;
        return reply.code(201).header('location', location).send(paymentView(started.payment));
      }
      const { job } = started;
      return job.problem ? sendRefusal(request, reply, job) : sendAccepted(dependencies, reply, job);
    },
});
