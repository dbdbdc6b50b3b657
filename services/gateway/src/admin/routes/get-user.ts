import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { AdminUserView } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { operation } from '../../http/operation.ts';
import { adminUserView, type Users } from '../../identity/index.ts';

export const getUser = operation({
  method: 'GET',
  path: '/api/admin/users/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminGetUser',
  summary: 'Get a user',
  description: 'One user by id.',
  params: IdParams,
  success: { 200: AdminUserView.describe('The user') },
  errors: ['user_not_found'],
  needs: ['database'],
  handler:
    ({ users }: { users: Pick<Users, 'find'> }) =>
    async (request) => {
      const user = await users.find(request.params.id);
      if (!user) throw new ProblemError('user_not_found');
      return adminUserView(user);
    },
});
