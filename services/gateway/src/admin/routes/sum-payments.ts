import { PaymentSumQuery, PaymentSums } from '@boxoffice/shared/contracts/payments';
import { operation } from '../../http/operation.ts';
import type { Payments } from '../../payments/index.ts';

const thirtyDaysMs = 30 * 24 * 60 * 60 * 1_000;

export const sumPayments = operation({
  method: 'GET',
  path: '/api/admin/payments/sums/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminSumPayments',
  summary: 'Get the sums of payments by day, state and currency',
  description:
    "What reached which state on which day, in UTC: to be compared with the provider's reports. A payment that was " +
    'captured and refunded is in both sums.',
  querystring: PaymentSumQuery,
  success: { 200: PaymentSums.describe('The sums, newest day first') },
  needs: ['database'],
  handler:
    ({ payments }: { payments: Pick<Payments, 'stored'> }) =>
    async (request) => {
      const to = request.query.to ? new Date(request.query.to) : new Date();
      const from = request.query.from ? new Date(request.query.from) : new Date(to.getTime() - thirtyDaysMs);
      return { results: await payments.stored.sums(from, to) };
    },
});
