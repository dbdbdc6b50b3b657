import { firstUrl } from '../database/database-hosts.ts';
import { type ServiceRole, serviceRoles, serviceUrl } from '../database/service-roles.ts';
import { type Config, ConfigError, required } from './config.ts';

/** The variable that holds the URL with which a service logs in. */
export const databaseUrlVariables = {
  boxoffice_gateway: 'GATEWAY_DATABASE_URL',
  boxoffice_catalog: 'CATALOG_DATABASE_URL',
  boxoffice_worker: 'WORKER_DATABASE_URL',
} as const satisfies Record<ServiceRole, keyof Config>;

/**
 * The URL with which a service logs in. Outside production, one that is not set is derived from DATABASE_URL.
 *
 * @throws {ConfigError} when it names another user, or is not set in production
 */
export function databaseUrlOf(config: Config, role: ServiceRole): string {
  const name = databaseUrlVariables[role];
  const url = config[name];
  if (url) {
    if (firstUrl(url).username === role) return url;
    throw new ConfigError(`${name} must name the user ${role}, who may do no more than this service needs.`);
  }
  if (config.NODE_ENV !== 'production') return serviceUrl(required(config, 'DATABASE_URL'), role);
  throw new ConfigError(
    `${name} is not set. In production, set it to postgres://${role}:<a password of its own>@…, for the service and ` +
      'for `pnpm migrate`, which gives the user this password.',
  );
}

/** The URLs with which all services log in. Throws as `databaseUrlOf` does. */
export const databaseUrls = (config: Config): Record<ServiceRole, string> =>
  forEachRole((role) => databaseUrlOf(config, role));

/** The URLs with which services log in to a server that we run ourselves, with generated passwords. */
export const generatedUrls = (adminUrl: string, { NODE_ENV }: Pick<Config, 'NODE_ENV'>): Record<ServiceRole, string> =>
  forEachRole((role) => serviceUrl(adminUrl, role, NODE_ENV === 'production' ? { prefix: '' } : {}));

function forEachRole(urlOf: (role: ServiceRole) => string): Record<ServiceRole, string> {
  return Object.fromEntries(serviceRoles.map((role) => [role, urlOf(role)])) as Record<ServiceRole, string>;
}
