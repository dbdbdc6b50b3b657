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
  const recipe = (
    name: string,
    kind: ServiceRecipe['kind'],
    colour: 'cyan' | 'magenta' | 'yellow',
    port: number,
    env: Record<string, string> = {},
  ) => ({
    name,
    kind,
    env: { ...sharedEnv, ...secretsOf(kind), ...env },
    healthUrl: `http://${reachable(kind === 'gateway' ? (env.HOST ?? config.HOST) : config.INTERNAL_HOST)}:${port}/readyz`,
    onLine: (line: string) => output.log(name, colour, line),
    onDeath: (text: string) => output.line(output.paint('red', text)),
    onStart(pid: number) {
      note.services = [...note.services.filter((service) => service.name !== name), { name, kind, pid }];
      writeNote(config, note);
    },
  });
  const nameOf = (name: string, all: unknown[], i: number) => (all.length > 1 ? `${name} ${i + 1}` : name);
  return [
    recipe('catalog', 'catalog', 'magenta', ports.catalog),
    ...ports.workers.map((port, i) =>
      recipe(nameOf('worker', ports.workers, i), 'booking-worker', 'yellow', port, { WORKER_PORT: String(port) }),
    ),
    ...ports.gateways.map(({ http, metrics }, i) =>
      recipe(nameOf('gateway', ports.gateways, i), 'gateway', 'cyan', http, {
        ...{ PORT: String(http), METRICS_PORT: String(metrics) },
        ...(ports.gateways.length > 1 && behindHaproxy(config, ports.gateway)),
      }),
    ),
  ];
}

/** How long a gateway continues to serve once it is told to stop, in seconds: HAProxy notices within one. */
const drainSeconds = 2;

/** Settings for gateways behind HAProxy on this machine. */
function behindHaproxy({ PUBLIC_URL, TRUST_PROXY, NODE_ENV }: Config, port: number): Record<string, string> {
  const publicUrl = PUBLIC_URL ?? (NODE_ENV === 'production' ? undefined : `http://localhost:${port}`);
  const isNetworks = typeof TRUST_PROXY === 'object';
  return {
    HOST: '127.0.0.1',
    DRAIN_SECONDS: String(drainSeconds),
    // HAProxy is one more proxy than there are in front of it.
    TRUST_PROXY: isNetworks ? [...TRUST_PROXY, 'loopback'].join() : String((TRUST_PROXY || 0) + 1),
    ...(publicUrl && { PUBLIC_URL: publicUrl }),
  };
}
