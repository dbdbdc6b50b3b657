import { PaymentParams, PaymentView } from '@boxoffice/shared/contracts/payments';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { LRUCache } from 'lru-cache';
import { operation } from '../../http/operation.ts';
import { paymentView } from '../payment-row.ts';
import type { Settler } from '../settler.ts';
import type { StoredPayments } from '../stored-payments.ts';

/** How often a waiting buyer makes us ask the provider, in milliseconds. */
const askEveryMs = 3_000;

interface Dependencies {
  payments: { stored: Pick<StoredPayments, 'find'>; settler: Pick<Settler, 'settleSoon'> };
}

export const getPayment = operation({
  method: 'GET',
  path: '/api/payments/:id/',
  auth: 'user',
  tag: 'Payments',
  id: 'getPayment',
  summary: 'Get one of your payments',
  description:
    'Whoever waits for one that is not decided makes Boxoffice ask the provider, so the return from the checkout need not ' +
    'wait for an event. Payments of other users are not found.',
  params: PaymentParams,
  success: { 200: PaymentView.describe('The payment') },
  errors: ['payment_not_found'],
  needs: ['database'],
  handler: ({ payments }: Dependencies) => {
    const asked = new LRUCache<string, true>({ max: 10_000, ttl: askEveryMs });
    return async (request) => {
      const payment = await payments.stored.find(request.params.id);
      if (payment?.user_id !== request.user.id) throw new ProblemError('payment_not_found');
      const isUndecided = payment.status === 'pending' || payment.status === 'authorized';
      if (isUndecided && !asked.has(payment.id)) {
        asked.set(payment.id, true);
        payments.settler.settleSoon(payment.id).catch(() => undefined); // reconciliation goes on with it
      }
      return paymentView(payment);
    };
  },
});
