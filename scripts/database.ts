import { PlainError } from '@boxoffice/local-servers/plain-error';
import { isDatabaseAway } from '@boxoffice/shared/database/errors';
import { type EntityManager, type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';

/** PostgreSQL error code (appendix A of its manual). */
const undefinedTable = '42P01';

/**
 * Opens a database with the rights of the URL's user, and closes it afterwards.
 *
 * @throws {PlainError} when the database does not respond or has no tables yet
 */
export async function withDatabase<Result>(
  url: string,
  work: (em: EntityManager, orm: MikroORM) => Promise<Result>,
): Promise<Result> {
  const orm = await openDatabase({ url, poolSize: 1 });
  try {
    return await work(orm.em.fork(), orm);
  } catch (error) {
    if ((error as { code?: unknown }).code === undefinedTable) {
      throw new PlainError('The database has no tables yet: run `pnpm migrate`.');
    }
    if (isDatabaseAway(error)) throw new PlainError(`The database does not respond: ${(error as Error).message}`);
    throw error;
  } finally {
    await orm.close();
  }
}
