import { type MikroORM, pingDatabase } from '@boxoffice/shared/database/orm';
import type { Config } from '@boxoffice/shared/service/config';
import { createHttp, type Http } from '@boxoffice/shared/service/http';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Redis } from 'ioredis';
import { PartitionConsumer } from './consumer.ts';
import { Leases, type Tenant } from './leases/leases.ts';
import { TurnMetrics } from './metrics.ts';
import { Bookings } from './store.ts';
import { Turns } from './turn.ts';

/** A turn under way when the worker is stopped gets this long to end, in milliseconds. */
const drainTimeoutMs = 2_000;

/**
 * Assembles a booking-worker. Nothing moves before `start`.
 *
 * @param parts.databaseUrl for the connection of its own that holds the leases
 */
export function buildWorker(parts: {
  config: Pick<Config, 'BOOKING_PARTITIONS'>;
  databaseUrl: string;
  logger: Logger;
  orm: MikroORM;
  redis: Redis;
}): { http: Http; leases: Leases; start(): void; stop(): Promise<void> } {
  const { logger, orm, redis } = parts;
  const consumers = new Map<number, PartitionConsumer>();
  const { http, metrics: registry } = createHttp({
    logger,
    checks: {
      database: () => pingDatabase(orm),
      redis: () => redis.ping(),
      leases: async () => leases.check(),
      queues: () => Promise.all([...consumers.values()].map((consumer) => consumer.check())),
    },
  });
  const metrics = new TurnMetrics(registry);
  const turns = new Turns({ bookings: new Bookings(orm), logger, metrics });
  const tenant: Tenant = {
    moveIn(lease) {
      consumers.set(lease.partition, new PartitionConsumer(lease, { redis, turns, metrics, logger }));
      metrics.partitionsHeld.set(consumers.size);
    },
    async moveOut(partition) {
      const consumer = consumers.get(partition);
      await consumer?.close();
      // Evicted meanwhile, and moved in again, it may be another's place by now.
      if (consumers.get(partition) === consumer) consumers.delete(partition);
      metrics.partitionsHeld.set(consumers.size);
    },
    evict(partition) {
      consumers.get(partition)?.abandon();
      consumers.delete(partition);
      metrics.partitionsHeld.set(consumers.size);
    },
  };
  redis.on('close', () => {
    for (const consumer of consumers.values()) consumer.suspend();
  });
  redis.on('ready', () => {
    for (const consumer of consumers.values()) consumer.resume();
  });
  const leases = new Leases({
    databaseUrl: parts.databaseUrl,
    partitions: parts.config.BOOKING_PARTITIONS,
    tenant,
    logger,
  });

  return {
    http,
    leases,
    start: () => leases.start(),
    async stop() {
      await Promise.race([leases.stop(), new Promise((resolve) => setTimeout(resolve, drainTimeoutMs).unref())]);
      await turns.stop();
    },
  };
}
