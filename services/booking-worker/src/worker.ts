import { AllQueues } from '@boxoffice/shared/all-queues';
import { type MikroORM, pingDatabase } from '@boxoffice/shared/database/orm';
import { queueName } from '@boxoffice/shared/partition';
import { ignoredPartitionsMessage, recordForEarlierReleases } from '@boxoffice/shared/partitioning';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import type { HealthWarning } from '@boxoffice/shared/service/health';
import { createHttp, type Http } from '@boxoffice/shared/service/http';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { checkRedis } from '@boxoffice/shared/service/redis-masters';
import { RedisWatch } from '@boxoffice/shared/service/redis-watch';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import { Chores } from './chores.ts';
import { type ConsumerDependencies, PartitionConsumer } from './consumer.ts';
import { type Lease, type LeaseHandler, Leases } from './leases/leases.ts';
import { LeftoverQueues } from './leftover-queues.ts';
import { registerRefusedPartitions, TurnMetrics } from './metrics.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { publishSeatsChanged } from './publish-outcomes.ts';
import { RepartitionRollback } from './repartition-rollback.ts';
import { Retention } from './retention.ts';
import { BookingStore } from './store/booking-store.ts';
import { Turns } from './turn.ts';

/** How long stopping waits for the turn in progress, in milliseconds. */
const drainTimeoutMs = 2_000;

/**
 * Assembles a booking-worker. It does nothing before `start`.
 *
 * @param options.databaseUrl for the dedicated connection that holds the leases
 * @param options.configuredPartitions BOOKING_PARTITIONS
 * @param options.newestVersion the newest version of envelopes that it understands; by default this release's
 */
export function buildWorker(options: {
  databaseUrl: string;
  logger: Logger;
  orm: MikroORM;
  redis: RedisClient;
  newestVersion?: number;
  configuredPartitions?: number | undefined;
  tracing?: Tracing | undefined;
}): { http: Http; leases: Leases; start(firstPartitions: number): void; stop(): Promise<void> } {
  const { logger, orm, redis, newestVersion, tracing } = options;
  const partitionCount = () => leases.partitioning.partitions;
  const consumers = new Map<number, PartitionConsumer>();
  /** The leases of the partitions that are served. */
  const held = new Map<number, Lease>();
  const { http, metrics: registry } = createHttp({
    logger,
    tracing,
    checks: {
      database: () => pingDatabase(orm),
      redis: () => checkRedis(redis),
      leases: async () => leases.check(),
      turns: async () => turns.check(),
      versions: async () => refusalWarning(leases.refusals.partitions),
      queues: () => Promise.all([...consumers.values()].map((consumer) => consumer.check())),
    },
  });
  const metrics = new TurnMetrics(registry);
  registerRefusedPartitions(registry, () => leases.refusals.partitions.length);
  const store = new BookingStore(orm, { onOutbox: () => relay.wake() });
  const turns = new Turns({ store, logger, metrics, tracing });
  const queues = new AllQueues(redis);
  const retention = new Retention({
    ...{ store, turns, logger },
    isOurs: () => consumers.has(0),
    oldestUnfinishedId: () => findOldestUnfinished(redis, queues),
  });
  const chores = new Chores({
    ...{ store, turns, logger, partitionCount },
    leases: () => [...held.values()],
    onSeatsFreed: (showIds) => publishSeatsChanged(redis, showIds),
  });
  const relay = new OutboxRelay({
    ...{ store, redis, logger, partitionCount },
    leases: () => [...held.values()],
    onRelayed: (kind) => metrics.relayed.inc({ kind }),
  });
  const current = () => leases.partitioning;
  const rollback = new RepartitionRollback({ store, queues, logger, current });
  const leftovers = new LeftoverQueues({ queues, logger, current, isOurs: () => consumers.has(0) });
  const giveUp = () => leases.standBack();
  const onReady = () => leases.confirmServing();
  const handler: LeaseHandler = {
    acquired(lease) {
      metrics.leaseChanges.inc({ change: 'acquired' });
      held.set(lease.partition, lease);
      relay.wake();
      const refuse: ConsumerDependencies['refuse'] = (_, isStillThere) =>
        leases.refusals.add(lease.partition, isStillThere);
      const dependencies = { redis, turns, metrics, logger, giveUp, onReady, refuse };
      consumers.set(
        lease.partition,
        new PartitionConsumer(lease, { ...dependencies, ...(newestVersion !== undefined && { newestVersion }) }),
      );
      metrics.partitionsHeld.set(consumers.size);
      if (lease.partition === 0) leftovers.wake();
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
    leftovers.wake();
    for (const consumer of consumers.values()) consumer.resume();
  });
  const leases = new Leases({
    databaseUrl: options.databaseUrl,
    handler,
    logger,
    leftovers: () => leftovers.partitions,
    onPartitioning: (partitioning) => {
      logger.info(partitioning, 'partitioning');
      recordForEarlierReleases(redis, partitioning.partitions).catch((error: Error) =>
        logger.warn({ reason: error.message }, 'cannot record the number of partitions for earlier releases'),
      );
      const ignored = ignoredPartitionsMessage(options.configuredPartitions, partitioning.partitions);
      if (ignored) logger.warn(ignored);
      relay.wake();
    },
  });
  const redisWatch = new RedisWatch(redis, {
    keys: () => [...leases.held].map(queueName),
    unreachable() {
      logger.warn('redis does not respond: giving up the partitions');
      leases.pause();
    },
    reachable: () => leases.resume(),
  });

  return {
    http,
    leases,
    /** @param firstPartitions the number of partitions if the installation has none yet */
    start(firstPartitions) {
      leases.start(firstPartitions);
      redisWatch.start();
      retention.start();
      chores.start();
      relay.start();
      rollback.start();
      leftovers.start();
    },
    async stop() {
      redisWatch.stop();
      const others = [retention, chores, relay, rollback, leftovers];
      const othersStopped = Promise.all(others.map((other) => other.stop())); // must not delay the release of the leases
      await Promise.race([leases.stop(), new Promise((resolve) => setTimeout(resolve, drainTimeoutMs).unref())]);
      await turns.stop();
      await othersStopped;
    },
  };
}

/** A warning about partitions that need a worker of a later release. */
function refusalWarning(partitions: number[]): HealthWarning | null {
  if (partitions.length === 0) return null;
  return { warning: `partitions that wait for a worker of a later release: ${partitions.join(', ')}` };
}

/**
 * The id of the oldest unfinished envelope of all queues; null when there is none.
 *
 * @throws when a queue does not respond
 */
async function findOldestUnfinished(redis: RedisClient, all: AllQueues): Promise<string | null> {
  const { unfinished, silent } = await all.findUnfinished();
  if (silent.length > 0) throw new Error(`the queues of partitions ${silent} do not respond`);
  const queues = unfinished.map((partition) => new EnvelopeQueue(partition, redis));
  try {
    const ids = await Promise.all(queues.map((queue) => queue.oldestUnfinishedId()));
    return ids.filter((id) => id !== null).sort()[0] ?? null;
  } finally {
    for (const queue of queues) queue.close().catch(() => undefined);
  }
}
