import { UserView } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Http } from '@boxoffice/shared/service/http';
import { requireUser } from '../../http/authentication.ts';
import { problems } from '../../http/documentation.ts';
import type { Parts } from '../../parts.ts';
import { userView } from '../user-view.ts';

const schema = {
  tags: ['Authentication'],
  operationId: 'getMe',
  summary: 'Who am I',
  description: 'The user whose access token comes with the request.',
  security: [{ bearer: [] }],
  response: {
    200: UserView.describe('You'),
    ...problems('unauthenticated', 'database_unavailable'),
  },
};

/** GET /api/auth/me/ */
export function meRoute(http: Http, { users }: Pick<Parts, 'users'>): void {
  http.get('/api/auth/me/', { schema, onRequest: requireUser }, async (request) => {
    const user = await users.find(request.user.id);
    // The token outlives the account by minutes.
    if (!user?.isActive)
      throw new ProblemError('unauthenticated', 'The account of this access token is no longer active.');
    return userView(user);
  });
}
