import { RefreshBody } from '@boxoffice/shared/contracts/identity';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { z } from 'zod';
import { operation } from '../../http/operation.ts';
import { logOut } from '../log-out.ts';

export const logout = operation({
  method: 'POST',
  path: '/api/auth/logout/',
  auth: 'none',
  tag: 'Authentication',
  id: 'logOut',
  summary: 'Log out',
  description:
    'Ends the login that this refresh token belongs to and revokes all its refresh tokens. Access tokens remain valid ' +
    'until they expire, so discard yours. Idempotent.',
  body: RefreshBody,
  success: { 204: z.null().describe('Logged out') },
  needs: ['database'],
  handler: (dependencies: { orm: MikroORM }) => async (request, reply) => {
    await logOut(dependencies, request.body.refresh);
    return reply.code(204).send(null);
  },
});
