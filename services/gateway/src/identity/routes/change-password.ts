import { PasswordBody, TokenPair } from '@boxoffice/shared/contracts/identity';
import { operation } from '../../http/operation.ts';
import { type ChangePasswordDependencies, changePassword as change } from '../change-password.ts';
import { tokenPair } from './token-pair.ts';

export const changePassword = operation({
  method: 'POST',
  path: '/api/auth/password/',
  auth: 'user',
  tag: 'Authentication',
  id: 'changePassword',
  summary: 'Change your password',
  description:
    'Sets a new password and ends every login of yours: all refresh and access tokens, including the one this request ' +
    'was sent with, are revoked on every gateway. The response has the tokens of a new login, to continue with. ' +
    'Passwords that are among the most common are refused. A wrong `current` is a 400 that names the field, and counts ' +
    'as a failed login.',
  body: PasswordBody,
  success: { 200: TokenPair.describe('The tokens of a new login') },
  errors: ['too_many_requests'],
  needs: ['database'],
  handler: (dependencies: ChangePasswordDependencies) => async (request, reply) =>
    tokenPair(reply, await change(dependencies, request.user.id, request.body, request.ip)),
});
