import { randomUUID } from 'node:crypto';
import type { PasswordBody } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { AccessRevocations } from './access-revocations.ts';
import { type PasswordCheckDependencies, tryPassword } from './check-password.ts';
import { refuseCommonPassword } from './common-passwords.ts';
import type { Session } from './log-in.ts';
import { hashNow, isPassword } from './passwords.ts';
import { issueRefreshToken, revokeTokensOf } from './refresh-tokens.ts';
import { addRevocation } from './revocations.ts';
import { accountKey, lockUser, type Users, updateUser } from './users.ts';

export interface ChangePasswordDependencies extends Pick<PasswordCheckDependencies, 'passwords' | 'limits'> {
  orm: MikroORM;
  users: Pick<Users, 'find'>;
  accessRevocations: Pick<AccessRevocations, 'announce'>;
}

/**
 * Sets a user's own password. Every login of the user ends, because one of them may belong to somebody who knew
 * the old password, and a new one begins for the caller. Wrong guesses of the current password count as failed logins,
 * so a stolen access token gives no better way to guess it.
 *
 * @param ip the address that the attempt came from
 * @throws {ProblemError} validation_failed when the current password is wrong, or the new one is the same or too
 *   common; unauthenticated when the account is no longer active; too_many_requests
 */
export async function changePassword(
  dependencies: ChangePasswordDependencies,
  userId: number,
  wanted: PasswordBody,
  ip: string,
): Promise<Session> {
  if (wanted.new === wanted.current) throw invalid('new', 'This is the current password. Choose another');
  await refuseCommonPassword(wanted.new, 'new');
  const known = await dependencies.users.find(userId);
  if (!known?.isActive) throw inactive();
  const passwordHash = await tryPassword(dependencies, accountKey(userId), ip, async () =>
    (await isPassword(wanted.current, known.passwordHash)) ? await hashNow(wanted.new) : null,
  );
  if (passwordHash === null) throw invalid('current', 'This is not your current password');

  const { orm, accessRevocations } = dependencies;
  const { session, revocation } = await orm.em.fork().transactional(async (em) => {
    const user = await lockUser(em, userId);
    // The user may have been deactivated, or got another password, since the check.
    if (!user?.isActive) throw inactive();
    if (user.passwordHash !== known.passwordHash) throw invalid('current', 'This is no longer your password');
    const revocation = { userId, generation: user.tokenGeneration + 1 };
    await updateUser(em, user, { passwordHash, tokenGeneration: revocation.generation });
    await addRevocation(em, revocation);
    await revokeTokensOf(em, userId);
    const family = randomUUID();
    return { session: { user, family, refresh: await issueRefreshToken(em, userId, family) }, revocation };
  });
  await accessRevocations.announce(revocation);
  return session;
}

function invalid(field: keyof PasswordBody, message: string): ProblemError {
  return new ProblemError('validation_failed', `${field}: ${message}.`, { errors: { [field]: [message] } });
}

function inactive(): ProblemError {
  return new ProblemError('unauthenticated', 'The account of this access token is no longer active.');
}
