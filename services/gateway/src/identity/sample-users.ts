import { setTimeout as delay } from 'node:timers/promises';
import { User } from '@boxoffice/shared/database/entities/identity';
import type { EntityManager, MikroORM } from '@boxoffice/shared/database/orm';
import { isPassword } from './passwords.ts';

/** The users of the sample data whose passwords are in the README. */
export const sampleUsers = [
  { name: 'demo', email: 'demo@boxoffice.example', password: 'demopass', role: 'user' },
  { name: 'admin', email: 'admin@boxoffice.example', password: 'adminpass', role: 'admin' },
] as const;

/** Bounds the check: sample users are among the first, and no installation has this many administrators. */
const candidateLimit = 50;

/**
 * Finds the active users who can still log in with a password from the sample data: sample users, and
 * administrators under any name.
 *
 * @returns their names
 */
export async function findSampleLogins(em: EntityManager): Promise<string[]> {
  const candidates = await em.find(
    User,
    { isActive: true, $or: [{ email: { $in: sampleUsers.map(({ email }) => email) } }, { role: 'admin' }] },
    { orderBy: { id: 'asc' }, limit: candidateLimit },
  );
  const found: string[] = [];
  // One after the other: each takes a core for 20 ms. A hash that is none matches nothing.
  for (const { username, passwordHash } of candidates)
    for (const { password } of sampleUsers)
      if (await isPassword(password, passwordHash).catch(() => false)) found.push(username);
  return found;
}

const retryMs = 1_000;

/** As `findSampleLogins`, as soon as the database responds. */
export async function waitForSampleLogins(orm: MikroORM): Promise<string[]> {
  for (;;) {
    try {
      return await findSampleLogins(orm.em.fork());
    } catch {
      // Not ready until it succeeds; the probe of the database says why it does not.
      await delay(retryMs, undefined, { ref: false });
    }
  }
}

/** Why production does not start with these users, and what to do. */
export function sampleLoginsMessage(names: string[]): string {
  return (
    `This database has users whose passwords are in the README: ${names.join(', ')}. Before you use it in production, ` +
    'change their passwords or deactivate them, or start with an empty database.'
  );
}
