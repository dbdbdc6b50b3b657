import { LoginBody, TokenPair } from '@boxoffice/shared/contracts/identity';
import type { Http } from '@boxoffice/shared/service/http';
import { problems } from '../../http/documentation.ts';
import type { Parts } from '../../parts.ts';
import { logIn } from '../log-in.ts';
import { tokenPair } from './token-pair.ts';

const schema = {
  tags: ['Authentication'],
  operationId: 'logIn',
  summary: 'Log in',
  description:
    'Gives an access token for `Authorization: Bearer …` and a refresh token for the next one. ' +
    'An unknown user name and a wrong password are answered alike. After too many failures for a name ' +
    'or from an address, logging in pauses: `Retry-After` says for how many seconds.',
  body: LoginBody,
  response: {
    200: TokenPair.describe('The tokens'),
    ...problems('validation_failed', 'invalid_credentials', 'too_many_requests', 'database_unavailable'),
  },
};

/** POST /api/auth/login/ */
export function loginRoute(http: Http, parts: Pick<Parts, 'orm' | 'users' | 'redis' | 'config'>): void {
  http.post('/api/auth/login/', { schema }, async (request, reply) => {
    return tokenPair(reply, await logIn(parts, request.body, request.ip));
  });
}
