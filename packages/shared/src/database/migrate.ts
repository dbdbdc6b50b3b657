import { MikroORM } from '@mikro-orm/postgresql';
import { sqlState } from './errors.ts';
import { ormOptions } from './orm.ts';
import { secureRoles } from './secure-roles.ts';
import { type ServiceRole, serviceRoles, serviceUrl } from './service-roles.ts';

const insufficientPrivilege = '42501';

/** The URL's user may not create or change the services' roles. */
export class RolePrivilegeError extends Error {
  override name = 'RolePrivilegeError';

  constructor(cause: Error) {
    super(
      `The user in DATABASE_URL may not set up the database and the services' roles (${cause.message}): ` +
        'run `pnpm migrate` once with a DATABASE_URL that names a superuser.',
      { cause },
    );
  }
}

export interface MigrateOptions {
  /** Whether Boxoffice is alone on this server, so that it may close the server's other databases to the services. */
  ownsServer?: boolean;
  /** How long to wait for a lock that somebody else holds, in milliseconds. */
  lockTimeoutMs?: number;
}

/**
 * Applies the pending migrations and secures the services' roles. Safe to run concurrently: an advisory lock lets
 * one caller in at a time.
 *
 * @param url of a superuser, or of the database's owner if it has CREATEROLE and created the services' roles
 * @param services the URLs with which the services log in; default: derived from `url`
 * @returns the names of the applied migrations, oldest first
 * @throws {RolePrivilegeError} when the user may not set up the roles
 */
export async function migrate(
  url: string,
  services: Partial<Record<ServiceRole, string>> = {},
  { ownsServer = false, lockTimeoutMs = 60_000 }: MigrateOptions = {},
): Promise<string[]> {
  const logins = Object.fromEntries(serviceRoles.map((role) => [role, services[role] ?? serviceUrl(url, role)]));
  const orm = await MikroORM.init(ormOptions({ url, poolSize: 3, settings: { lock_timeout: `${lockTimeoutMs}` } }));
  try {
    return await orm.em.transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('boxoffice migrations'))");
      const applied = await orm.migrator.up();
      await secureRoles(orm.em.fork(), logins as Record<ServiceRole, string>, { ownsServer });
      return applied.map((migration) => migration.name);
    });
  } catch (error) {
    throw lacksPrivilege(error) ? new RolePrivilegeError(error) : error;
  } finally {
    await orm.close();
  }
}

function lacksPrivilege(error: unknown): error is Error {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (sqlState(cause) === insufficientPrivilege) return true;
  }
  return false;
}
