/**
 * Refresh tokens: 256 random bits, of which only the SHA-256 is kept (no salt or slow hash is needed
 * for what cannot be guessed). All that changes them holds the user's lock (`lockUser`).
 */
import { createHash, randomBytes } from 'node:crypto';
import { RefreshToken } from '@boxoffice/shared/database/entities/identity';
import type { EntityManager } from '@boxoffice/shared/database/orm';

const lifetimeDays = 14;

/** Issuing one token removes this many expired ones, whoever's they were: the table shrinks faster than it grows. */
const expiredPerIssue = 10;

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

/** Finds a token in whatever state. */
export function findRefreshToken(em: EntityManager, token: string): Promise<RefreshToken | null> {
  return em.findOne(RefreshToken, { hash: hashOf(token) });
}

/** Uses a token up. True for one caller only, whoever asks how often at once; false as well when it is expired or revoked. */
export async function spendRefreshToken(em: EntityManager, token: string): Promise<boolean> {
  const spent = await em.execute(
    `update identity.refresh_tokens set used_at = now()
     where hash = ? and used_at is null and revoked_at is null and expires_at > now()
     returning hash`,
    [hashOf(token)],
  );
  return spent.length === 1;
}

/** Makes every token that came of one login worthless. */
export async function revokeFamily(em: EntityManager, family: string): Promise<void> {
  await em.execute('update identity.refresh_tokens set revoked_at = now() where family = ? and revoked_at is null', [
    family,
  ]);
}

/** Makes every token of a user worthless. */
export async function revokeTokensOf(em: EntityManager, userId: number): Promise<void> {
  await em.execute('update identity.refresh_tokens set revoked_at = now() where user_id = ? and revoked_at is null', [
    userId,
  ]);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
