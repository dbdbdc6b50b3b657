import { RefreshBody } from '@boxoffice/shared/contracts/identity';
import type { Http } from '@boxoffice/shared/service/http';
import { z } from 'zod';
import { problems } from '../../http/documentation.ts';
import type { Parts } from '../../parts.ts';
import { logOut } from '../log-out.ts';

const schema = {
  tags: ['Authentication'],
  operationId: 'logOut',
  summary: 'Log out',
  description:
    'Ends the login that this refresh token belongs to, with all its refresh tokens. An access token that is out ' +
    'stays valid until it expires: forget it. Logging out twice is no error.',
  body: RefreshBody,
  response: {
    204: z.null().describe('Logged out'),
    ...problems('validation_failed', 'database_unavailable'),
  },
};

/** POST /api/auth/logout/ */
export function logoutRoute(http: Http, parts: Pick<Parts, 'orm'>): void {
  http.post('/api/auth/logout/', { schema }, async (request, reply) => {
    await logOut(parts, request.body.refresh);
    return reply.code(204).send(null);
  });
}
