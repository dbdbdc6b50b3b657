import { SignupBody, UserView } from '@boxoffice/shared/contracts/identity';
import { operation } from '../../http/operation.ts';
import { type SignUpDependencies, signUp } from '../sign-up.ts';
import { userView } from '../user-view.ts';

export const signup = operation({
  method: 'POST',
  path: '/api/auth/signup/',
  auth: 'none',
  tag: 'Authentication',
  id: 'signUp',
  summary: 'Sign up',
  description:
    'Creates an account; log in next. User names and e-mail addresses are unique and compared case-insensitively.',
  body: SignupBody,
  success: { 201: UserView.describe('The new user') },
  errors: ['username_taken', 'email_taken', 'too_many_requests'],
  needs: ['database'],
  handler: (dependencies: SignUpDependencies) => async (request, reply) => {
    const user = await signUp(dependencies, request.body, request.ip);
    return reply.code(201).send(userView(user));
  },
});
