/**
 * Refresh tokens: 256 random bits, stored as their SHA-256. A secret that cannot be guessed needs neither a
 * salt nor a slow hash. Every change of a token holds its user's lock (`lockUser`).
 */
import { createHash, randomBytes } from 'node:crypto';
import { RefreshToken } from '@boxoffice/shared/database/entities/identity';
import type { EntityManager } from '@boxoffice/shared/database/orm';

const lifetimeDays = 14;

/** Issuing a token deletes up to this many expired ones of any user: the table shrinks faster than it grows. */
const expiredPerIssue = 10;

/**
 * How many logins a user may have at a time. Nobody uses as many devices; without a limit anybody with an account
 * could fill the table.
 */
const familiesPerUser = 20;

/** Issues the next token of a family. */
export async function issueRefreshToken(em: EntityManager, userId: number, family: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  await em.execute(
    `insert into identity.refresh_tokens (hash, family, user_id, expires_at)
     values (?, ?, ?, now() + make_interval(days => ?))`,
    [hashOf(token), family, userId, lifetimeDays],
  );
  await em.execute(
    `delete from identity.refresh_tokens where hash in (
       select hash from identity.refresh_tokens where expires_at < now() order by expires_at limit ?
       for update skip locked)`,
    [expiredPerIssue],
  );
  return token;
}

/** Finds a token, whether or not it is still valid. */
export function findRefreshToken(em: EntityManager, token: string): Promise<RefreshToken | null> {
  return em.findOne(RefreshToken, { hash: hashOf(token) });
}

/** Marks a token as used. True for exactly one of any concurrent callers, and false when it has expired or was revoked. */
export async function spendRefreshToken(em: EntityManager, token: string): Promise<boolean> {
  const spent = await em.execute(
    `update identity.refresh_tokens set used_at = now()
     where hash = ? and used_at is null and revoked_at is null and expires_at > now()
     returning hash`,
    [hashOf(token)],
  );
  return spent.length === 1;
}

/**
 * Revokes the logins of a user that have gone unused for longest, beyond the number they may have. The newest is kept.
 *
 * @returns their families
 */
export async function revokeExcessFamilies(em: EntityManager, userId: number): Promise<string[]> {
  const excess = await em.execute<{ family: string }[]>(
    `update identity.refresh_tokens set revoked_at = now()
     where user_id = ? and revoked_at is null and family in (
       select family from identity.refresh_tokens
       where user_id = ? and used_at is null and revoked_at is null and expires_at > now()
       order by created_at desc, family offset ?)
     returning family`,
    [userId, userId, familiesPerUser],
  );
  return [...new Set(excess.map(({ family }) => family))];
}

/** Revokes every token of one login. */
export async function revokeFamily(em: EntityManager, family: string): Promise<void> {
  await em.execute('update identity.refresh_tokens set revoked_at = now() where family = ? and revoked_at is null', [
    family,
  ]);
}

/** Revokes every token of a user. */
export async function revokeTokensOf(em: EntityManager, userId: number): Promise<void> {
  await em.execute('update identity.refresh_tokens set revoked_at = now() where user_id = ? and revoked_at is null', [
    userId,
  ]);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
