import { type MikroORM, pingDatabase } from '@boxoffice/shared/database/orm';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import type { Config } from '@boxoffice/shared/service/config';
import { createHttp, type Http } from '@boxoffice/shared/service/http';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import type { Redis } from 'ioredis';
import { Chores } from './chores.ts';
import { PartitionConsumer } from './consumer.ts';
import { type Lease, type LeaseHandler, Leases } from './leases/leases.ts';
import { TurnMetrics } from './metrics.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { publishSeatsChanged } from './publish-outcomes.ts';
import { RedisWatch } from './redis-watch.ts';
import { Retention } from './retention.ts';
import { BookingStore } from './store/booking-store.ts';
import { Turns } from './turn.ts';

/** How long stopping waits for the turn in progress, in milliseconds. */
const drainTimeoutMs = 2_000;

/**
 * Assembles a booking-worker. It does nothing before `start`.
 *
 * @param options.databaseUrl for the dedicated connection that holds the leases
 */
export function buildWorker(options: {
  config: Pick<Config, 'BOOKING_PARTITIONS'>;
  databaseUrl: string;
  logger: Logger;
  orm: MikroORM;
  redis: Redis;
  tracing?: Tracing | undefined;
}): { http: Http; leases: Leases; start(): void; stop(): Promise<void> } {
  const { logger, orm, redis, tracing } = options;
  const consumers = new Map<number, PartitionConsumer>();
  /** The leases of the partitions that are served. */
  const held = new Map<number, Lease>();
  const { http, metrics: registry } = createHttp({
    logger,
    tracing,
    checks: {
      database: () => pingDatabase(orm),
      redis: () => redis.ping(),
      leases: async () => leases.check(),
      turns: async () => turns.check(),
      queues: () => Promise.all([...consumers.values()].map((consumer) => consumer.check())),
    },
  });
  const metrics = new TurnMetrics(registry);
  const store = new BookingStore(orm, { onOutbox: () => relay.wake() });
  const turns = new Turns({ store, logger, metrics, tracing });
  const retention = new Retention({
    ...{ store, turns, logger },
    isOurs: () => consumers.has(0),
    oldestUnfinishedId: () => findOldestUnfinished(redis, options.config.BOOKING_PARTITIONS),
  });
  const chores = new Chores({
    ...{ store, turns, logger, partitionCount: options.config.BOOKING_PARTITIONS },
    leases: () => [...held.values()],
    onSeatsFreed: (showIds) => publishSeatsChanged(redis, showIds),
  });
  const relay = new OutboxRelay({
    ...{ store, redis, logger, partitionCount: options.config.BOOKING_PARTITIONS },
    leases: () => [...held.values()],
    onRelayed: (kind) => metrics.relayed.inc({ kind }),
  });
  const giveUp = () => leases.standBack();
  const onReady = () => leases.confirmServing();
  const handler: LeaseHandler = {
    acquired(lease) {
      metrics.leaseChanges.inc({ change: 'acquired' });
      held.set(lease.partition, lease);
      relay.wake();
      consumers.set(lease.partition, new PartitionConsumer(lease, { redis, turns, metrics, logger, giveUp, onReady }));
      metrics.partitionsHeld.set(consumers.size);
    },
    async releasing(partition) {
      const consumer = consumers.get(partition);
      const lease = held.get(partition);
      await consumer?.close();
      // The lease may have been lost meanwhile and acquired again: this is another consumer then.
      if (consumers.get(partition) === consumer) consumers.delete(partition);
      if (held.get(partition) === lease) held.delete(partition);
      metrics.partitionsHeld.set(consumers.size);
      metrics.leaseChanges.inc({ change: 'released' });
    },
    lost(partition) {
      metrics.leaseChanges.inc({ change: 'lost' });
      consumers.get(partition)?.abandon();
      consumers.delete(partition);
      held.delete(partition);
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
    databaseUrl: options.databaseUrl,
    partitions: options.config.BOOKING_PARTITIONS,
    handler,
    logger,
  });
  const redisWatch = new RedisWatch(redis, {
    unreachable() {
      logger.warn('redis does not respond: the partitions are given up');
      leases.pause();
    },
    reachable: () => leases.resume(),
  });

  return {
    http,
    leases,
    start() {
      leases.start();
      redisWatch.start();
      retention.start();
      chores.start();
      relay.start();
    },
    async stop() {
      redisWatch.stop();
      const othersStopped = Promise.all([retention.stop(), chores.stop(), relay.stop()]); // must not delay handing over the leases
      await Promise.race([leases.stop(), new Promise((resolve) => setTimeout(resolve, drainTimeoutMs).unref())]);
      await turns.stop();
      await othersStopped;
    },
  };
}

/** The id of the oldest envelope, of all partitions, that is not finished; null when all are. */
async function findOldestUnfinished(redis: Redis, partitions: number): Promise<string | null> {
  const queues = Array.from({ length: partitions }, (_, partition) => new EnvelopeQueue(partition, redis));
  try {
    const ids = await Promise.all(queues.map((queue) => queue.oldestUnfinishedId()));
    return ids.filter((id) => id !== null).sort()[0] ?? null;
  } finally {
    for (const queue of queues) queue.close().catch(() => undefined);
  }
}
