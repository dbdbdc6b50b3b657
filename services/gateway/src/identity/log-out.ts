import type { MikroORM } from '@boxoffice/shared/database/orm';
import { findRefreshToken, revokeFamily } from './refresh-tokens.ts';
import { lockUser } from './users.ts';

/** Ends the login that a refresh token belongs to. An expired, used or unknown token is not an error. */
export async function logOut({ orm }: { orm: MikroORM }, token: string): Promise<void> {
  await orm.em.fork().transactional(async (em) => {
    const known = await findRefreshToken(em, token);
    if (!known) return;
    await lockUser(em, known.user.id);
    await revokeFamily(em, known.family);
  });
}
