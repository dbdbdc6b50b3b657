import { resolve } from 'node:path';
import { type Running, writeNote } from '@boxoffice/local-servers/running';
import { serviceRoles } from '@boxoffice/shared/database/service-roles';
import type { Config } from '@boxoffice/shared/service/config';
import { databaseUrlVariables } from '@boxoffice/shared/service/database-url';
import type { Output } from './output.ts';
import type { Ports } from './ports.ts';
import type { ServiceRecipe } from './service.ts';

const roles = {
  gateway: 'boxoffice_gateway',
  catalog: 'boxoffice_catalog',
  'booking-worker': 'boxoffice_worker',
} as const;

/**
 * One recipe per process: the catalog, each booking-worker, the gateway.
 *
 * @param note is updated, and written, with every pid
 * @param compileCache folder for what Node.js has compiled, which loads faster at the next start
 */
export function serviceRecipes(
  config: Config,
  { ports, note, output, compileCache }: { ports: Ports; note: Running; output: Output; compileCache: string },
): ServiceRecipe[] {
  const sharedEnv = {
    NODE_ENV: config.NODE_ENV,
    DATA_DIR: resolve(config.DATA_DIR),
    NODE_COMPILE_CACHE: compileCache,
    DATABASE_URL: '', // no service may log in as the administrator
    REDIS_URL: note.redisUrl ?? '',
    PORT: String(ports.gateway),
    METRICS_PORT: String(ports.metrics),
    CATALOG_PORT: String(ports.catalog),
  };
  /** The service's own URL of the database, and nobody else's. */
  const loginOf = (kind: ServiceRecipe['kind']) =>
    Object.fromEntries(
      serviceRoles.map((role) => [databaseUrlVariables[role], role === roles[kind] ? note.serviceUrls?.[role] : '']),
    ) as Record<string, string>;
  const recipe = (name: string, kind: ServiceRecipe['kind'], colour: 'cyan' | 'magenta' | 'yellow', port: number) => ({
    name,
    kind,
    env: { ...sharedEnv, ...loginOf(kind), ...(kind === 'booking-worker' && { WORKER_PORT: String(port) }) },
    healthUrl: `http://${reachable(kind === 'gateway' ? config.HOST : config.INTERNAL_HOST)}:${port}/readyz`,
    onLine: (line: string) => output.log(name, colour, line),
    onDeath: (text: string) => output.line(output.paint('red', text)),
    onStart(pid: number) {
      note.services = [...note.services.filter((service) => service.name !== name), { name, kind, pid }];
      writeNote(config, note);
    },
  });
  const workerName = (i: number) => (ports.workers.length > 1 ? `worker ${i + 1}` : 'worker');
  return [
    recipe('catalog', 'catalog', 'magenta', ports.catalog),
    ...ports.workers.map((port, i) => recipe(workerName(i), 'booking-worker', 'yellow', port)),
    recipe('gateway', 'gateway', 'cyan', ports.gateway),
  ];
}

/** An address to connect to: a wildcard is only one to listen on. */
export function reachable(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
