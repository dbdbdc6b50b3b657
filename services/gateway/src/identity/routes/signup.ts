import { SignupBody, UserView } from '@boxoffice/shared/contracts/identity';
import type { Http } from '@boxoffice/shared/service/http';
import { problems } from '../../http/documentation.ts';
import type { Parts } from '../../parts.ts';
import { signUp } from '../sign-up.ts';
import { userView } from '../user-view.ts';

const schema = {
  tags: ['Authentication'],
  operationId: 'signUp',
  summary: 'Sign up',
  description:
    'Creates an account. User names and e-mail addresses are unique, whatever the case of their letters. Log in next.',
  body: SignupBody,
  response: {
    201: UserView.describe('The new user'),
    ...problems('validation_failed', 'username_taken', 'email_taken', 'too_many_requests', 'database_unavailable'),
  },
};

/** POST /api/auth/signup/ */
export function signupRoute(http: Http, parts: Pick<Parts, 'orm' | 'redis' | 'config'>): void {
  http.post('/api/auth/signup/', { schema }, async (request, reply) => {
    const user = await signUp(parts, request.body, request.ip);
    return reply.code(201).send(userView(user));
  });
}
