/** Identity: accounts, logins and tokens. */
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Http } from '@boxoffice/shared/service/http';
import type { Operation } from '../http/operation.ts';
import type { AccessRevocations } from './access-revocations.ts';
import type { PasswordHasher } from './passwords.ts';
import type { RateLimits } from './rate-limits.ts';
import { changePassword } from './routes/change-password.ts';
import { jwks } from './routes/jwks.ts';
import { login } from './routes/login.ts';
import { logout } from './routes/logout.ts';
import { me } from './routes/me.ts';
import { refresh } from './routes/refresh.ts';
import { signup } from './routes/signup.ts';
import type { SigningKeys } from './signing-keys.ts';
import type { Users } from './users.ts';

export { AccessRevocations } from './access-revocations.ts';
export { type ChangeUserDependencies, changeUser } from './change-user.ts';
export { checkPassword, type PasswordCheckDependencies } from './check-password.ts';
export { commonPasswordMessage, isCommonPassword } from './common-passwords.ts';
export { type CreateUserDependencies, createUser } from './create-user.ts';
export { type DeleteUserDependencies, deleteUser } from './delete-user.ts';
export { isPassword, PasswordHasher } from './passwords.ts';
export { RateLimits } from './rate-limits.ts';
export { Revocations } from './revocations.ts';
export { findSampleLogins, sampleLoginsMessage, sampleUsers, waitForSampleLogins } from './sample-users.ts';
export { loadSigningKeys, type SigningKeys } from './signing-keys.ts';
export { adminUserView } from './user-view.ts';
export { Users } from './users.ts';

export interface Dependencies {
  orm: MikroORM;
  users: Users;
  passwords: PasswordHasher;
  limits: RateLimits;
  keys: SigningKeys;
  accessRevocations: AccessRevocations;
}

export const operations: Operation<Dependencies>[] = [signup, login, refresh, logout, changePassword, me, jwks];

export function register(http: Http, dependencies: Dependencies): void {
  void http.register(async (identity: Http) => {
    // No cache may store tokens (RFC 6749, section 5.1), nor anything else about an account.
    identity.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
    for (const operation of operations) operation.serve(identity, dependencies);
  });
}
