import { LoginBody, TokenPair } from '@boxoffice/shared/contracts/identity';
import { operation } from '../../http/operation.ts';
import { type LogInDependencies, logIn } from '../log-in.ts';
import { tokenPair } from './token-pair.ts';

export const login = operation({
  method: 'POST',
  path: '/api/auth/login/',
  auth: 'none',
  tag: 'Authentication',
  id: 'logIn',
  summary: 'Log in',
  description:
    'Returns an access token for `Authorization: Bearer …` and a refresh token to get the next one. The response is ' +
    'the same for an unknown user name and a wrong password. After too many failures for one user from your address, ' +
    'or from your address for any user, logins from there are refused for the number of seconds in `Retry-After`, ' +
    'which grows each time. A user has at most 20 logins; a further one ends the one that has been unused for longest.',
  body: LoginBody,
  success: { 200: TokenPair.describe('The tokens') },
  errors: ['invalid_credentials', 'too_many_requests'],
  needs: ['database'],
  handler: (dependencies: LogInDependencies) => async (request, reply) =>
    tokenPair(reply, await logIn(dependencies, request.body, request.ip)),
});
