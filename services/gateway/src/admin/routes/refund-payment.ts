import { AdminPaymentView, PaymentParams, RefundBody } from '@boxoffice/shared/contracts/payments';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { operation } from '../../http/operation.ts';
import type { Users } from '../../identity/index.ts';
import { type Payments, refundPayment as refund } from '../../payments/index.ts';
import { authorOf } from '../author.ts';
import { viewPayments } from '../view-payments.ts';

interface Dependencies {
  payments: Payments;
  users: Pick<Users, 'findNames'>;
}

export const refundPayment = operation({
  method: 'POST',
  path: '/api/admin/payments/:id/refund/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminRefundPayment',
  summary: 'Give the money of a payment back',
  description:
    'Cancels the booking that it paid for, and gives the whole amount back; an authorisation that was not captured yet is ' +
    'released. Audited, with the reason. Idempotent. The answer does not wait for the provider: see `status`.',
  params: PaymentParams,
  body: RefundBody,
  success: { 200: AdminPaymentView.describe('The payment') },
  errors: ['payment_not_found', 'nothing_to_refund'],
  needs: ['database'],
  handler:
    ({ payments, users }: Dependencies) =>
    async (request) => {
      const asked = { id: request.params.id, reason: request.body.reason, ...authorOf(request) };
      const [view] = await viewPayments(users, [await refund(payments, asked)]);
      if (!view) throw new ProblemError('payment_not_found');
      return view;
    },
});
