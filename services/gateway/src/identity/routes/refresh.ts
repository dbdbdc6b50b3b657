import { RefreshBody, TokenPair } from '@boxoffice/shared/contracts/identity';
import type { Http } from '@boxoffice/shared/service/http';
import { problems } from '../../http/documentation.ts';
import type { Parts } from '../../parts.ts';
import { refreshTokens } from '../rotate-tokens.ts';
import { tokenPair } from './token-pair.ts';

const schema = {
  tags: ['Authentication'],
  operationId: 'refreshTokens',
  summary: 'Get the next access token',
  description:
    'Takes a refresh token, once, and gives a new access token and the next refresh token. A refresh token ' +
    'that comes a second time ends the whole login it belongs to: one of the two who hold it stole it.',
  body: RefreshBody,
  response: {
    200: TokenPair.describe('The next tokens'),
    ...problems('validation_failed', 'invalid_refresh_token', 'database_unavailable'),
  },
};

/** POST /api/auth/refresh/ */
export function refreshRoute(http: Http, parts: Pick<Parts, 'orm'>): void {
  http.post('/api/auth/refresh/', { schema }, async (request, reply) => {
    return tokenPair(reply, await refreshTokens(parts, request.body.refresh));
  });
}
