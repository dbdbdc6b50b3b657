import { resolve } from 'node:path';
import { type Running, writeNote } from '@boxoffice/local-servers/running';
import { serviceRoles } from '@boxoffice/shared/database/service-roles';
import type { Config } from '@boxoffice/shared/service/config';
import { databaseUrlVariables } from '@boxoffice/shared/service/database-url';
import { reachable } from '@boxoffice/shared/service/reachable';
import type { Output } from './output.ts';
import type { Ports } from './ports.ts';
import type { ServiceRecipe } from './service.ts';

const stripeSecrets = ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'] as const;
const secretNames: Record<ServiceRecipe['kind'], readonly string[]> = {
  gateway: ['GATEWAY_DATABASE_URL', 'REDIS_URL', 'INTERNAL_SECRET', 'JWT_PRIVATE_KEY', ...stripeSecrets],
  catalog: ['CATALOG_DATABASE_URL', 'INTERNAL_SECRET'],
  'booking-worker': ['WORKER_DATABASE_URL', 'REDIS_URL'],
};

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
    PORT: String(ports.gateway),
    METRICS_PORT: String(ports.metrics),
    CATALOG_PORT: String(ports.catalog),
  };
  const secrets: Record<string, string | undefined> = {
    REDIS_URL: note.redisUrl,
    JWT_PRIVATE_KEY: config.JWT_PRIVATE_KEY,
    INTERNAL_SECRET: config.INTERNAL_SECRET,
    ...Object.fromEntries(stripeSecrets.map((name) => [name, config[name]])),
    ...Object.fromEntries(serviceRoles.map((role) => [databaseUrlVariables[role], note.serviceUrls?.[role]])),
  };
  /** The service's own secrets. One that is set but empty is taken neither from the environment nor from `.env`. */
  const secretsOf = (kind: ServiceRecipe['kind']): Record<string, string> => ({
    DATABASE_URL: '',
    ...Object.fromEntries(
      Object.entries(secrets).map(([name, value = '']) => [name, secretNames[kind].includes(name) ? value : '']),
    ),
  });
  const recipe = (name: string, kind: ServiceRecipe['kind'], colour: 'cyan' | 'magenta' | 'yellow', port: number) => ({
    name,
    kind,
    env: { ...sharedEnv, ...secretsOf(kind), ...(kind === 'booking-worker' && { WORKER_PORT: String(port) }) },
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
