import type { Http } from '@boxoffice/shared/service/http';
import type { Parts } from '../../parts.ts';
import { loginRoute } from './login.ts';
import { logoutRoute } from './logout.ts';
import { meRoute } from './me.ts';
import { refreshRoute } from './refresh.ts';
import { signupRoute } from './signup.ts';

/** Everything under /api/auth/. */
export function authRoutes(http: Http, parts: Pick<Parts, 'orm' | 'users' | 'redis' | 'config'>): void {
  signupRoute(http, parts);
  loginRoute(http, parts);
  refreshRoute(http, parts);
  logoutRoute(http, parts);
  meRoute(http, parts);
}
