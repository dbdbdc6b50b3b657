import { UserView } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { operation } from '../../http/operation.ts';
import { userView } from '../user-view.ts';
import type { Users } from '../users.ts';

export const me = operation({
  method: 'GET',
  path: '/api/auth/me/',
  auth: 'user',
  tag: 'Authentication',
  id: 'getMe',
  summary: 'Get your account',
  description: 'The user whose access token was sent.',
  success: { 200: UserView.describe('Your account') },
  needs: ['database'],
  handler:
    ({ users }: { users: Pick<Users, 'find'> }) =>
    async (request) => {
      const user = await users.find(request.user.id);
      // A token can outlive its account by minutes.
      if (!user?.isActive)
        throw new ProblemError('unauthenticated', 'The account of this access token is no longer active.');
      return userView(user);
    },
});
