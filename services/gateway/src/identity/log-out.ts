import type { Parts } from '../parts.ts';
import { findRefreshToken, revokeFamily } from './refresh-tokens.ts';
import { lockUser } from './users.ts';

/** Ends the login that a refresh token belongs to. A token that is no longer good, or never was, is no error. */
export async function logOut({ orm }: Pick<Parts, 'orm'>, token: string): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    const known = await findRefreshToken(em, token);
    if (!known) return;
    await lockUser(em, known.user.id);
    await revokeFamily(em, known.family);
  });
}
