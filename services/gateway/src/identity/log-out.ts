import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { AccessRevocations } from './access-revocations.ts';
import { findRefreshToken, revokeFamily } from './refresh-tokens.ts';
import { addSessionRevocations } from './revocations.ts';
import { lockUser } from './users.ts';

export interface LogOutDependencies {
  orm: MikroORM;
  accessRevocations: Pick<AccessRevocations, 'announce'>;
}

/**
 * Ends the login that a refresh token belongs to, and revokes its access tokens. An expired, used or unknown token
 * is not an error.
 */
export async function logOut({ orm, accessRevocations }: LogOutDependencies, token: string): Promise<void> {
  const ended = await orm.em.fork().transactional(async (em) => {
    const known = await findRefreshToken(em, token);
    if (!known) return [];
    await lockUser(em, known.user.id);
    await revokeFamily(em, known.family);
    return addSessionRevocations(em, [known.family]);
  });
  await accessRevocations.announce(...ended);
}
