import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { AdminUserReplaceBody, AdminUserView } from '@boxoffice/shared/contracts/identity';
import { operation } from '../../http/operation.ts';
import { adminUserView, type ChangeUserDependencies, changeUser as change } from '../../identity/index.ts';
import { authorOf } from '../author.ts';
import { tokenEffects } from './token-effects.ts';

export const replaceUser = operation({
  method: 'PUT',
  path: '/api/admin/users/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminReplaceUser',
  summary: 'Replace a user',
  description: `Sets every field; the password is kept when none is given. ${tokenEffects}`,
  params: IdParams,
  body: AdminUserReplaceBody,
  success: { 200: AdminUserView.describe('The changed user') },
  errors: ['user_not_found', 'last_administrator', 'username_taken', 'email_taken', 'too_many_requests'],
  needs: ['database'],
  handler: (dependencies: ChangeUserDependencies) => async (request) =>
    adminUserView(await change(dependencies, authorOf(request), request.params.id, request.body)),
});
