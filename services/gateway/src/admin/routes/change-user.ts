import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { AdminUserChangeBody, AdminUserView } from '@boxoffice/shared/contracts/identity';
import { operation } from '../../http/operation.ts';
import { adminUserView, type ChangeUserDependencies, changeUser as change } from '../../identity/index.ts';
import { authorOf } from '../author.ts';
import { tokenEffects } from './token-effects.ts';

export const changeUser = operation({
  method: 'PATCH',
  path: '/api/admin/users/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminChangeUser',
  summary: 'Change a user',
  description: `Sets the given fields and keeps the others. ${tokenEffects}`,
  params: IdParams,
  body: AdminUserChangeBody,
  success: { 200: AdminUserView.describe('The changed user') },
  errors: ['user_not_found', 'last_administrator', 'username_taken', 'email_taken', 'too_many_requests'],
  needs: ['database'],
  handler: (dependencies: ChangeUserDependencies) => async (request) =>
    adminUserView(await change(dependencies, authorOf(request), request.params.id, request.body)),
});
