import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from './orm.ts';

/**
 * Brings a database up to date; does nothing to one that is. Safe to run from several places at
 * once: an advisory lock lets one go first.
 *
 * @returns the names of the migrations that were applied, oldest first
 */
export async function migrate(url: string): Promise<string[]> {
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 2 }));
  try {
    return await orm.em.transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('boxoffice migrations'))");
      const applied = await orm.migrator.up();
      return applied.map((migration) => migration.name);
    });
  } finally {
    await orm.close();
  }
}
