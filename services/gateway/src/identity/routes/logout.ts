import { RefreshBody } from '@boxoffice/shared/contracts/identity';
import { z } from 'zod';
import { operation } from '../../http/operation.ts';
import { type LogOutDependencies, logOut } from '../log-out.ts';

export const logout = operation({
  method: 'POST',
  path: '/api/auth/logout/',
  auth: 'none',
  tag: 'Authentication',
  id: 'logOut',
  summary: 'Log out',
  description:
    'Ends the login that this refresh token belongs to, and revokes all its refresh and access tokens. This takes ' +
    'effect immediately on every gateway. Other logins of the user continue. Idempotent.',
  body: RefreshBody,
  success: { 204: z.null().describe('Logged out') },
  needs: ['database'],
  handler: (dependencies: LogOutDependencies) => async (request, reply) => {
    await logOut(dependencies, request.body.refresh);
    return reply.code(204).send(null);
  },
});
