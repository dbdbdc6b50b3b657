import { AdminPaymentPage, AdminPaymentQuery } from '@boxoffice/shared/contracts/payments';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';
import type { Users } from '../../identity/index.ts';
import type { Payments } from '../../payments/index.ts';
import { viewPayments } from '../view-payments.ts';

interface Dependencies {
  payments: Pick<Payments, 'stored'>;
  users: Pick<Users, 'findNames'>;
}

export const listPayments = operation({
  method: 'GET',
  path: '/api/admin/payments/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminListPayments',
  summary: 'List the payments of all users',
  description: 'Newest first; filters can be combined. `count` stops at 100,000.',
  querystring: AdminPaymentQuery,
  success: { 200: AdminPaymentPage.describe('A page of payments') },
  needs: ['database'],
  handler:
    ({ payments, users }: Dependencies) =>
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await payments.stored.list(request.query);
      return { count, ...pageLinks(request, page, page_size, count), results: await viewPayments(users, results) };
    },
});
