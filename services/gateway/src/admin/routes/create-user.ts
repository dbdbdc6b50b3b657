import { AdminUserCreateBody, AdminUserView } from '@boxoffice/shared/contracts/identity';
import { operation } from '../../http/operation.ts';
import { adminUserView, type CreateUserDependencies, createUser as create } from '../../identity/index.ts';
import { authorOf } from '../author.ts';

export const createUser = operation({
  method: 'POST',
  path: '/api/admin/users/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminCreateUser',
  summary: 'Create a user',
  description: 'Creates a user or an administrator. `Location` is the new user.',
  body: AdminUserCreateBody,
  success: { 201: AdminUserView.describe('The new user') },
  errors: ['username_taken', 'email_taken', 'too_many_requests'],
  needs: ['database'],
  handler: (dependencies: CreateUserDependencies) => async (request, reply) => {
    const user = await create(dependencies, request.body, authorOf(request));
    return reply.code(201).header('location', `/api/admin/users/${user.id}/`).send(adminUserView(user));
  },
});
