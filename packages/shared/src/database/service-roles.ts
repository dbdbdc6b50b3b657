import { createHmac } from 'node:crypto';
import { firstUrl, restoreHosts } from './database-hosts.ts';

/** The login of each service. It owns nothing, and PostgreSQL lets it write to its own schema only. */
export const serviceRoles = ['boxoffice_gateway', 'boxoffice_catalog', 'boxoffice_worker'] as const;
export type ServiceRole = (typeof serviceRoles)[number];

/** Owns every schema and table, and cannot log in. */
export const ownerRole = 'boxoffice_owner';

/** The schemas that hold the tables. */
export const schemas = ['identity', 'catalog', 'booking', 'payments', 'installation'] as const;

/** Passwords and secrets that are generated outside production start with this, so that production can refuse them. */
export const developmentPrefix = 'development-';

/**
 * The URL with which a service logs in: the one given if it names the role, otherwise the administrator's, with
 * the role and a password derived from the administrator's password. Every process that has the administrator's
 * URL derives the same password, without keeping it anywhere; a service that has its own URL can derive neither
 * the administrator's password nor another service's.
 *
 * An administrator without a password is trusted by the server, and so is the service.
 */
export function serviceUrl(url: string, role: ServiceRole, { prefix = developmentPrefix } = {}): string {
  const login = firstUrl(url);
  if (login.username === role) return url;
  const key = decodeURIComponent(login.password);
  login.username = role;
  login.password = key && `${prefix}${createHmac('sha256', key).update(role).digest('base64url')}`;
  return restoreHosts(login, url);
}
