/**
 * There is always an active administrator: without one nobody could make another. Transactions that may take one
 * away therefore run one at a time, and each sees what those before it have committed.
 */
import type { AdminUserView } from '@boxoffice/shared/contracts/identity';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { User } from '@boxoffice/shared/database/entities/identity';
import type { EntityManager } from '@boxoffice/shared/database/orm';

type Standing = Pick<AdminUserView, 'role' | 'is_active'>;

/**
 * Makes every other transaction that may take an administrator away wait for this one. Must come before the user's
 * lock is taken: two transactions that did it the other way round could wait for each other.
 */
export async function lockAdministrators(em: EntityManager): Promise<void> {
  await em.execute("select pg_advisory_xact_lock(hashtext('boxoffice administrators'))");
}

/**
 * Checks, after a change in a transaction that holds the lock, that it has not taken the last administrator away.
 *
 * @param after null when the user was deleted
 * @throws {ProblemError} last_administrator
 */
export async function keepAnAdministrator(em: EntityManager, before: Standing, after: Standing | null): Promise<void> {
  if (!isAdministrator(before) || (after && isAdministrator(after))) return;
  if ((await em.count(User, { role: 'admin', isActive: true })) > 0) return;
  throw new ProblemError(
    'last_administrator',
    'This is the last active administrator. Make another user an administrator first.',
  );
}

function isAdministrator({ role, is_active }: Standing): boolean {
  return role === 'admin' && is_active;
}
