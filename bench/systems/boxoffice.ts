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

/**
 * Starts Boxoffice as `pnpm start` does in production: by default one gateway, catalog and booking-worker, with default
 * settings. Further processes are named `gateway 2`, `worker 2`, ….
 *
 * @param env environment variables for every service
 */
export async function startBoxoffice(
  servers: Servers,
  cleanup: Cleanup,
  signal: AbortSignal,
  env: Record<string, string> = {},
  { gateways = 1, workers = 1 }: { gateways?: number; workers?: number } = {},
): Promise<System> {
  const serviceUrls = generatedUrls(servers.postgres.url, { NODE_ENV: 'production' });
  await migrate(servers.postgres.url, serviceUrls);
  const pool = await openPool(servers, null, cleanup);
  const redis = new Redis(servers.redis.url, { maxRetriesPerRequest: 1 });
  redis.on('error', () => {});
  cleanup.add(async () => redis.disconnect());
  const services = await startServices(servers, { serviceUrls, env, gateways, workers }, cleanup, signal);
  const urls = Object.keys(services).flatMap((name) => (name.startsWith('gateway') ? (services[name]?.url ?? []) : []));
  const url = urls[0] ?? '';
  const partitions = Number(await redis.get('boxoffice:partitions'));
  return {
    name: 'boxoffice',
    url,
    urls,
    processes: {
      ...Object.fromEntries(Object.entries(services).map(([name, { pid }]) => [name, pid])),
      redis: servers.redis.pid,
      postgres: servers.postgres.pid,
    },
    pool,
    async addShows(count, seats) {
      for (const service of Object.values(services)) service.truncateLog();
      return addShows(pool, count, seats);
    },
    countRows: (shows) => countRows(pool, shows),
    liveBookings: (show) => liveBookings(pool, show),
    drained: (stopping) => waitUntilDrained(redis, partitions, url, stopping),
    queueLeftovers: () =>
      listJobs(redis, partitions, {
        lists: ['wait', 'active', 'paused'],
        sets: ['failed', 'delayed', 'prioritized', 'waiting-children'],
      }),
  };
}

async function startServices(
  servers: Servers,
  {
    serviceUrls,
    env: extra,
    gateways,
    workers,
  }: { serviceUrls: Record<ServiceRole, string>; env: Record<string, string>; gateways: number; workers: number },
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<Record<string, LoadedProcess>> {
  const gatewayPort = await freePort();
  const catalogPort = await freePort();
  const env = {
    ...Object.fromEntries(serviceRoles.map((role) => [databaseUrlVariables[role], serviceUrls[role]])),
    REDIS_URL: servers.redis.url,
    JWT_PRIVATE_KEY: servers.privateKeyPem,
    INTERNAL_SECRET: randomBytes(32).toString('hex'),
    PUBLIC_URL: `http://127.0.0.1:${gatewayPort}`,
    METRICS_PORT: '0',
    CATALOG_PORT: String(catalogPort),
    ...extra,
  };
  const start = async (service: 'gateway' | 'catalog' | 'booking-worker', name: string, port: number) => {
    const file = resolve(import.meta.dirname, '../../services', service, 'src/server.ts');
    const own = { ...env, PORT: String(port), WORKER_PORT: String(port) };
    const running = await startProcess({ name, file, port, env: own, folder: servers.folder, signal });
    cleanup.add(() => running.stop());
    return [name, running] as const;
  };
  const further = (name: string, count: number) =>
    Array.from({ length: count - 1 }, (_, index) => `${name} ${index + 2}`);
  const [workerPort, ...ports] = await freePorts(gateways + workers - 1);
  return Object.fromEntries(
    await Promise.all([
      start('gateway', 'gateway', gatewayPort),
      start('booking-worker', 'worker', workerPort ?? 0),
      start('catalog', 'catalog', catalogPort),
      ...further('gateway', gateways).map((name) => start('gateway', name, ports.pop() ?? 0)),
      ...further('worker', workers).map((name) => start('booking-worker', name, ports.pop() ?? 0)),
    ]),
  );
}

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}
