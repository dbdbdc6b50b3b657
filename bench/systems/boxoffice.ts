import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { freePort } from '@boxoffice/local-servers/free-port';
import { migrate } from '@boxoffice/shared/database/migrate';
import { type ServiceRole, serviceRoles } from '@boxoffice/shared/database/service-roles';
import { databaseUrlVariables, generatedUrls } from '@boxoffice/shared/service/database-url';
import { Redis } from 'ioredis';
import { addShows, countRows, liveBookings } from './boxoffice-rows.ts';
import type { Cleanup } from './cleanup.ts';
import { type LoadedProcess, startProcess } from './process.ts';
import { listJobs, waitUntilDrained } from './queues.ts';
import { openPool, type Servers } from './servers.ts';
import type { System } from './system.ts';

/** Starts Boxoffice as `pnpm start` does in production: one gateway, catalog and booking-worker, default settings. */
export async function startBoxoffice(
  servers: Servers,
  cleanup: Cleanup,
  signal: AbortSignal,
  env: Record<string, string> = {},
): Promise<System> {
  const serviceUrls = generatedUrls(servers.postgres.url, { NODE_ENV: 'production' });
  await migrate(servers.postgres.url, serviceUrls);
  const pool = await openPool(servers, null, cleanup);
  const redis = new Redis(servers.redis.url, { maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  cleanup.add(async () => redis.disconnect());
  const { gateway, worker, catalog } = await startServices(servers, { serviceUrls, env }, cleanup, signal);
  const partitions = Number(await redis.get('boxoffice:partitions'));
  return {
    name: 'boxoffice',
    url: gateway.url,
    processes: {
      gateway: gateway.pid,
      worker: worker.pid,
      catalog: catalog.pid,
      redis: servers.redis.pid,
      postgres: servers.postgres.pid,
    },
    pool,
    async addShows(count, seats) {
      for (const service of [gateway, worker, catalog]) service.truncateLog();
      return addShows(pool, count, seats);
    },
    countRows: (shows) => countRows(pool, shows),
    liveBookings: (show) => liveBookings(pool, show),
    drained: (stopping) => waitUntilDrained(redis, partitions, gateway.url, stopping),
    queueLeftovers: () =>
      listJobs(redis, partitions, {
        lists: ['wait', 'active', 'paused'],
        sets: ['failed', 'delayed', 'prioritized', 'waiting-children'],
      }),
  };
}

type ServiceName = 'gateway' | 'worker' | 'catalog';

async function startServices(
  servers: Servers,
  { serviceUrls, env: extra }: { serviceUrls: Record<ServiceRole, string>; env: Record<string, string> },
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<Record<ServiceName, LoadedProcess>> {
  const ports = { gateway: await freePort(), catalog: await freePort(), worker: await freePort() };
  const env = {
    ...Object.fromEntries(serviceRoles.map((role) => [databaseUrlVariables[role], serviceUrls[role]])),
    REDIS_URL: servers.redis.url,
    JWT_PRIVATE_KEY: servers.privateKeyPem,
    INTERNAL_SECRET: randomBytes(32).toString('hex'),
    PUBLIC_URL: `http://127.0.0.1:${ports.gateway}`,
    PORT: String(ports.gateway),
    METRICS_PORT: '0',
    CATALOG_PORT: String(ports.catalog),
    WORKER_PORT: String(ports.worker),
    ...extra,
  };
  const start = async (name: ServiceName) => {
    const folder = name === 'worker' ? 'booking-worker' : name;
    const file = resolve(import.meta.dirname, '../../services', folder, 'src/server.ts');
    const running = await startProcess({ name, file, port: ports[name], env, folder: servers.folder, signal });
    cleanup.add(() => running.stop());
    return running;
  };
  const [gateway, worker, catalog] = await Promise.all([start('gateway'), start('worker'), start('catalog')]);
  return { gateway, worker, catalog };
}
