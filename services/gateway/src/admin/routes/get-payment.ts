import { AdminPaymentDetail, PaymentParams } from '@boxoffice/shared/contracts/payments';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { operation } from '../../http/operation.ts';
import type { Users } from '../../identity/index.ts';
import type { Payments } from '../../payments/index.ts';
import { viewPayments } from '../view-payments.ts';

interface Dependencies {
  payments: Pick<Payments, 'stored'>;
  users: Pick<Users, 'findNames'>;
}

export const getPayment = operation({
  method: 'GET',
  path: '/api/admin/payments/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminGetPayment',
  summary: 'Get a payment with its history',
  description: 'The history is what its provider reported, what Boxoffice did, and what administrators asked for.',
  params: PaymentParams,
  success: { 200: AdminPaymentDetail.describe('The payment') },
  errors: ['payment_not_found'],
  needs: ['database'],
  handler:
    ({ payments, users }: Dependencies) =>
    async (request) => {
      const payment = await payments.stored.find(request.params.id);
      const [view] = payment ? await viewPayments(users, [payment]) : [];
      if (!view) throw new ProblemError('payment_not_found');
      return { ...view, history: await payments.stored.history(view.id) };
    },
});
