import type { EntityManager, MikroORM } from '@boxoffice/shared/database/orm';

/** Access tokens of this user from an earlier generation are revoked. */
export interface Revocation {
  userId: number;
  generation: number;
}

/** Revocations of access tokens, shared by all gateways. */
export class Revocations {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** Revocations of the last `ms` milliseconds by the database's clock. */
  async listSince(ms: number): Promise<Revocation[]> {
    return this.#orm.em.getConnection().execute<Revocation[]>(
      `select user_id as "userId", generation from identity.access_revocations
       where revoked_at > now() - make_interval(secs => ?)`,
      [ms / 1_000],
    );
  }
}

/** By this age every access token that a revocation could apply to has expired. */
const keptFor = '1 hour';

/**
 * Revokes a user's access tokens of generations before this one. The transaction must hold the user's lock.
 * After the commit, tell the gateways with `AccessRevocations.announce`.
 */
export async function addRevocation(em: EntityManager, { userId, generation }: Revocation): Promise<void> {
  await em.execute(
    `insert into identity.access_revocations (user_id, generation) values (?, ?)
     on conflict (user_id) do update set generation = excluded.generation, revoked_at = now()`,
    [userId, generation],
  );
  await em.execute(`delete from identity.access_revocations where revoked_at < now() - interval '${keptFor}'`);
}
