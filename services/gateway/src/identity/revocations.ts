import type { EntityManager, MikroORM } from '@boxoffice/shared/database/orm';

/** Revokes a user's access tokens of earlier generations, or those of one login, which its family identifies. */
export type Revocation = { userId: number; generation: number } | { family: string };

/** Revocations of access tokens, shared by all gateways. */
export class Revocations {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** Revocations of the last `ms` milliseconds by the database's clock. */
  async listSince(ms: number): Promise<Revocation[]> {
    const seconds = ms / 1_000;
    const rows = await this.#orm.em.getConnection().execute<Row[]>(
      `select user_id, generation, null::uuid as family from identity.access_revocations
       where revoked_at > now() - make_interval(secs => ?)
       union all
       select null, null, family from identity.session_revocations where revoked_at > now() - make_interval(secs => ?)`,
      [seconds, seconds],
    );
    return rows.map(({ user_id, generation, family }) =>
      family === null ? { userId: user_id, generation } : { family },
    );
  }
}

/** A revocation of a user's tokens, or of a login's. */
type Row = { user_id: number; generation: number; family: null } | { user_id: null; generation: null; family: string };

/** By this age every access token that a revocation could apply to has expired. */
const keptFor = '1 hour';

/**
 * Revokes a user's access tokens of generations before this one. The transaction must hold the user's lock.
 * After the commit, tell the gateways with `AccessRevocations.announce`.
 */
export async function addRevocation(
  em: EntityManager,
  { userId, generation }: { userId: number; generation: number },
): Promise<void> {
  await em.execute(
    `insert into identity.access_revocations (user_id, generation) values (?, ?)
     on conflict (user_id) do update set generation = excluded.generation, revoked_at = now()`,
    [userId, generation],
  );
  await em.execute(`delete from identity.access_revocations where revoked_at < now() - interval '${keptFor}'`);
}

/**
 * Revokes the access tokens of logins, unless they are revoked already or all have expired. The transaction must
 * hold the user's lock. After the commit, tell the gateways with `AccessRevocations.announce`.
 *
 * @returns the revocations that are new
 */
export async function addSessionRevocations(em: EntityManager, families: string[]): Promise<{ family: string }[]> {
  if (families.length === 0) return [];
  const added = await em.execute<{ family: string }[]>(
    `insert into identity.session_revocations (family)
     select distinct family from identity.refresh_tokens
     where family in (${families.map(() => '?').join(', ')}) and created_at > now() - interval '${keptFor}'
     on conflict do nothing returning family`,
    families,
  );
  await em.execute(`delete from identity.session_revocations where revoked_at < now() - interval '${keptFor}'`);
  return added;
}
