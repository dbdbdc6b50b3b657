import { IdParams } from '@boxoffice/shared/contracts/catalog';
import { z } from 'zod';
import { operation } from '../../http/operation.ts';
import { type DeleteUserDependencies, deleteUser as remove } from '../../identity/index.ts';
import { authorOf } from '../author.ts';

export const deleteUser = operation({
  method: 'DELETE',
  path: '/api/admin/users/:id/',
  auth: 'admin',
  tag: 'Admin',
  id: 'adminDeleteUser',
  summary: 'Delete a user',
  description:
    'Deletes a user who has never booked, and revokes their tokens immediately. Deactivate other users instead ' +
    '(`is_active: false`). You cannot delete yourself.',
  params: IdParams,
  success: { 204: z.null().describe('Deleted') },
  errors: ['user_not_found', 'last_administrator', 'has_bookings'],
  needs: ['database'],
  handler: (dependencies: DeleteUserDependencies) => async (request, reply) => {
    await remove(dependencies, authorOf(request), request.params.id);
    return reply.code(204).send(null);
  },
});
