import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startHaproxy } from '@boxoffice/local-servers/haproxy';
import { explain } from '@boxoffice/local-servers/plain-error';
import { startPostgres } from '@boxoffice/local-servers/postgres';
import { startRedis } from '@boxoffice/local-servers/redis';
import type { Server } from '@boxoffice/local-servers/server';
import type { ServiceRole } from '@boxoffice/shared/database/service-roles';
import type { Config } from '@boxoffice/shared/service/config';
import { databaseUrls, generatedUrls } from '@boxoffice/shared/service/database-url';
import { bringUpToDate } from '../migrate.ts';
import { isSampleDataEnabled, seed } from '../seed.ts';
import type { Output } from './output.ts';
import type { Ports } from './ports.ts';

/** A server that is restarted when it dies, until it is stopped. */
export interface KeptServer {
  name: string;
  stop(): Promise<void>;
}

export interface ServerOptions {
  config: Config;
  output: Output;
  /** Every server is added as soon as it runs, so that it can be stopped whatever happens next. */
  servers: KeptServer[];
  signal: AbortSignal;
}

/**
 * PostgreSQL with current tables and, if enabled, sample data.
 *
 * @returns its URL, and those with which the services log in
 */
export async function prepareDatabase(
  options: ServerOptions,
): Promise<{ url: string; serviceUrls: Record<ServiceRole, string> }> {
  const { config, output, signal } = options;
  const url = config.DATABASE_URL ?? (await startOwnPostgres(options));
  const serviceUrls = config.DATABASE_URL ? databaseUrls(config) : generatedUrls(url, config);
  signal.throwIfAborted();
  await output.step(
    'migrations',
    () => bringUpToDate(url, serviceUrls, { ownsServer: !config.DATABASE_URL }),
    (names) => `migrations: ${names.length ? `${names.length} applied` : 'up to date'}`,
  );
  if (isSampleDataEnabled(config)) {
    await output.step(
      'sample data',
      () => seed(url),
      ({ loaded }) => `sample data: ${loaded ? 'loaded' : 'already there'}`,
    );
  }
  return { url, serviceUrls };
}

/** @returns the URL of Redis */
export async function prepareRedis({ config, output, servers, signal }: ServerOptions): Promise<string> {
  if (config.REDIS_URL) return config.REDIS_URL;
  const home = resolve(config.DATA_DIR);
  const server = await output.step(
    'Redis',
    () => startRedis({ dataDir: join(home, 'redis'), binDir: join(home, 'bin'), log: output.line, signal }),
    ({ port }) => `Redis on port ${port}`,
  );
  servers.push(keepServerRunning(server, output, signal));
  return server.url;
}

/** HAProxy, if there is more than one gateway. */
export async function prepareLoadBalancer(
  { config, output, servers, signal }: ServerOptions,
  { gateway: port, gateways }: Ports,
): Promise<void> {
  if (gateways.length === 1) return;
  const home = resolve(config.DATA_DIR);
  const listener = {
    name: 'gateways',
    host: config.HOST,
    port,
    servers: gateways.map(({ http }) => `127.0.0.1:${http}`),
    isBehindProxy: config.TRUST_PROXY !== false,
  };
  const options = { dataDir: join(home, 'haproxy'), binDir: join(home, 'bin'), log: output.line, signal };
  const server = await output.step(
    'HAProxy',
    () => startHaproxy({ ...options, listeners: [listener] }),
    () => `HAProxy on port ${port}, in front of ${gateways.length} gateways`,
  );
  servers.push(keepServerRunning(server, output, signal));
}

async function startOwnPostgres({ config, output, servers, signal }: ServerOptions): Promise<string> {
  const server = await output.step(
    'PostgreSQL',
    () => startPostgres({ dataDir: join(resolve(config.DATA_DIR), 'postgres') }),
    ({ port }) => `PostgreSQL on port ${port}`,
  );
  servers.push(keepServerRunning(server, output, signal));
  return server.url;
}

function keepServerRunning(server: Server, output: Output, stopping: AbortSignal): KeptServer {
  let revival = Promise.resolve();
  const revive = async (cause: string) => {
    output.line(output.paint('red', `${server.name} died (${cause}); restarting it`));
    for (let pauseMs = 500; !stopping.aborted; pauseMs = Math.min(pauseMs * 2, 10_000)) {
      await delay(pauseMs, undefined, { signal: stopping }).catch(() => {});
      if (stopping.aborted) return;
      try {
        await server.restart();
        return output.line(output.paint('green', `${server.name} is running again`));
      } catch (error) {
        output.line(explain(error));
      }
    }
  };
  server.onDeath((cause) => {
    revival = revive(cause);
  });
  return {
    name: server.name,
    async stop() {
      await revival;
      await server.stop();
    },
  };
}
