import { MikroORM } from '@mikro-orm/postgresql';
import { ormOptions } from './orm.ts';

/**
 * Applies the pending migrations. Safe to run concurrently: an advisory lock lets one caller in at a time.
 *
 * @returns the names of the applied migrations, oldest first
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
