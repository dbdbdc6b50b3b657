import { AdminUserPage, AdminUserQuery } from '@boxoffice/shared/contracts/identity';
import { operation } from '../../http/operation.ts';
import { pageLinks } from '../../http/paging.ts';
import { adminUserView, type Users } from '../../identity/index.ts';

export const listUsers = operation({
  method: 'GET',
  path: '/api/admin/users/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminListUsers',
  summary: 'List users',
  description: 'Oldest first.',
  querystring: AdminUserQuery,
  success: { 200: AdminUserPage.describe('A page of users') },
  needs: ['database'],
  handler:
    ({ users }: { users: Pick<Users, 'list'> }) =>
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await users.list(request.query);
      return { count, ...pageLinks(request, page, page_size, count), results: results.map(adminUserView) };
    },
});
