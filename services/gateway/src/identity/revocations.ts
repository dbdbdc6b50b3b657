import type { EntityManager, MikroORM } from '@boxoffice/shared/database/orm';

/** Access tokens of this user that are of an earlier generation have ended. */
export interface Revocation {
  userId: number;
  generation: number;
}

/** Revocations of access tokens, as all gateways share them. */
export class Revocations {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** Those of the last `ms` milliseconds, by the clock of the database. */
  async listSince(ms: number): Promise<Revocation[]> {
    return this.#orm.em.getConnection().execute<Revocation[]>(
      `select user_id as "userId", generation from identity.access_revocations
       where revoked_at > now() - make_interval(secs => ?)`,
      [ms / 1_000],
    );
  }
}

/** Lines older than this have nothing left to end. */
const keptFor = '1 hour';

/**
 * Ends the access tokens of a user whose lock this transaction holds: those of generations before this one.
 * Tell the gateways when it is committed (`AccessRevocations.announce`).
 */
export async function addRevocation(em: EntityManager, { userId, generation }: Revocation): Promise<void> {
  await em.execute(
    `insert into identity.access_revocations (user_id, generation) values (?, ?)
     on conflict (user_id) do update set generation = excluded.generation, revoked_at = now()`,
    [userId, generation],
  );
  await em.execute(`delete from identity.access_revocations where revoked_at < now() - interval '${keptFor}'`);
}
