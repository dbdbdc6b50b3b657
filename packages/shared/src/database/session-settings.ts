import type { ServiceRole } from './service-roles.ts';

/** How long one statement of a service may take before the service gives its connection up, in milliseconds. */
export const statementTimeoutsMs = {
  boxoffice_gateway: 1_000,
  // Less than the gateway's own timeout, so that it learns which dependency is down.
  boxoffice_catalog: 800,
  boxoffice_worker: 10_000,
} as const satisfies Record<ServiceRole, number>;

/**
 * PostgreSQL cancels a statement this long before we give its connection up, in milliseconds: a slow statement
 * should not cost a connection, only a silent one.
 */
const cancelAheadMs = 100;
/** PostgreSQL cancels a statement whose service has died within this time, in milliseconds. */
const deadAfterMs = 250;
/** PostgreSQL rolls back a transaction whose service has been silent for this long, in milliseconds. */
const frozenAfterMs = 5_000;

/**
 * The PostgreSQL settings of a service's sessions, by name. A service that freezes or dies must not keep others waiting by
 * holding locks or queueing for one.
 *
 * @param timeoutMs how long a statement may take; 0: no limit
 */
export const sessionSettings = (timeoutMs: number): Record<string, string> => ({
  client_connection_check_interval: `${deadAfterMs}`,
  idle_in_transaction_session_timeout: `${frozenAfterMs}`,
  ...statementTimeout(timeoutMs),
});

export const statementTimeout = (timeoutMs: number): Record<string, string> => ({
  statement_timeout: `${timeoutMs && timeoutMs - cancelAheadMs}`,
});

/**
 * The settings that are also stored with the role, because a pooler does not pass on the settings that its clients ask for.
 * The worker's are not, because it must not use a pooler.
 */
export const storedSettings: Partial<Record<ServiceRole, Record<string, string>>> = {
  boxoffice_gateway: sessionSettings(statementTimeoutsMs.boxoffice_gateway),
  boxoffice_catalog: sessionSettings(statementTimeoutsMs.boxoffice_catalog),
};
