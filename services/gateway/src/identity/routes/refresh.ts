import { RefreshBody, TokenPair } from '@boxoffice/shared/contracts/identity';
import { operation } from '../../http/operation.ts';
import { type RotateTokensDependencies, rotateTokens } from '../rotate-tokens.ts';
import { tokenPair } from './token-pair.ts';

export const refresh = operation({
  method: 'POST',
  path: '/api/auth/refresh/',
  auth: 'none',
  tag: 'Authentication',
  id: 'refreshTokens',
  summary: 'Get a new access token',
  description:
    'Exchanges a refresh token for a new access token and the next refresh token. Each refresh token can be used once. ' +
    'If one is used a second time, it was stolen, so the whole login it belongs to ends, with its access tokens.',
  body: RefreshBody,
  success: { 200: TokenPair.describe('The new tokens') },
  errors: ['invalid_refresh_token'],
  needs: ['database'],
  handler: (dependencies: RotateTokensDependencies) => async (request, reply) =>
    tokenPair(reply, await rotateTokens(dependencies, request.body.refresh)),
});
