import { AdminPaymentView, PaymentParams, ResolveBody } from '@boxoffice/shared/contracts/payments';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { operation } from '../../http/operation.ts';
import type { Users } from '../../identity/index.ts';
import { type Payments, resolvePayment as resolve } from '../../payments/index.ts';
import { authorOf } from '../author.ts';
import { viewPayments } from '../view-payments.ts';

interface Dependencies {
  payments: Payments;
  users: Pick<Users, 'findNames'>;
}

export const resolvePayment = operation({
  method: 'POST',
  path: '/api/admin/payments/:id/resolve/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminResolvePayment',
  summary: 'Say that a payment needs no attention any more',
  description:
    'Audited, with what was done about it. Idempotent. If the cause remains, the payment needs attention again.',
  params: PaymentParams,
  body: ResolveBody,
  success: { 200: AdminPaymentView.describe('The payment') },
  errors: ['payment_not_found'],
  needs: ['database'],
  handler:
    ({ payments, users }: Dependencies) =>
    async (request) => {
      const asked = { id: request.params.id, reason: request.body.reason, ...authorOf(request) };
      const [view] = await viewPayments(users, [await resolve(payments, asked)]);
      if (!view) throw new ProblemError('payment_not_found');
      return view;
    },
});
