import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { sqlState } from '@boxoffice/shared/database/errors';
import {
  advancePartitioning,
  ensurePartitioning,
  firstPartitions,
  type Partitioning,
  recordForEarlierReleases,
} from '@boxoffice/shared/partitioning';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import type pg from 'pg';

/** How long the queues may take to become short before they are closed, in milliseconds. */
const shortWithinMs = 60_000;
/** Queues with at most this many jobs in all drain in a moment. */
const shortJobs = 16;
/** How long closed queues may take to drain, in milliseconds: longer, and requests had better be accepted again. */
const drainWithinMs = 1_000;
const pollMs = 10;

export interface RepartitionOptions {
  client: pg.Client;
  redis: RedisClient;
  /** The number of partitions that is wanted. */
  partitions: number;
  /** BOOKING_PARTITIONS, for an installation whose services have never run. */
  configured: number;
  say: (line: string) => void;
}

/**
 * Changes the number of partitions, as partitioning.ts describes. May be killed at any moment and run again: before the
 * row is added nothing has changed, and a worker opens closed queues again after 3 s; afterwards all is done.
 *
 * @throws {PlainError} when the number stays as it was, with the reason
 */
export async function repartition({ client, redis, partitions, configured, say }: RepartitionOptions): Promise<void> {
  const before = await ensurePartitioning(client, await firstPartitions(redis, configured));
  const queues = Array.from(
    { length: Math.max(before.partitions, partitions) },
    (_, number) => new EnvelopeQueue(number, redis, { failFast: true }),
  );
  try {
    const least = Math.max(...(await Promise.all(queues.map((queue) => queue.leastGeneration()))));
    const generation = Math.max(before.generation + 1, least);
    if (before.partitions === partitions) {
      if (least > before.generation) await advancePartitioning(client, before, { generation, partitions });
      say(`There are ${partitions} partitions.`);
    } else {
      await change({ client, queues, before, after: { generation, partitions }, say });
    }
    await recordForEarlierReleases(redis, partitions);
  } finally {
    await Promise.all(queues.map((queue) => queue.close().catch(() => undefined)));
  }
}

interface Change {
  client: pg.Client;
  /** Of every partition, before and after. */
  queues: EnvelopeQueue[];
  before: Partitioning;
  after: Partitioning;
  say: (line: string) => void;
}

async function change({ client, queues, before, after, say }: Change): Promise<void> {
  if (!(await eventuallyAtMost(queues, shortJobs, shortWithinMs)))
    throw new PlainError(
      'Too many requests wait for their turn: run it again when there are fewer. Nothing has changed.',
    );
  const pausedAt = performance.now();
  const [first, ...others] = queues;
  await first?.acceptFrom(after.generation); // first, because a worker watches this one for commands that have died
  await Promise.all(others.map((queue) => queue.acceptFrom(after.generation)));
  say('New requests are refused for a moment.');
  try {
    if (!(await eventuallyAtMost(queues, 0, drainWithinMs)))
      throw new PlainError('The queues do not drain fast enough.');
    say('Every request accepted so far is decided.');
    if (!(await advancePartitioning(client, before, after)))
      throw new PlainError('It took so long that a worker has opened the queues again, or another command was faster.');
  } catch (error) {
    const isReopened = await advancePartitioning(client, before, { ...after, partitions: before.partitions }).then(
      () => true,
      () => false,
    );
    if (!isReopened)
      throw new PlainError(`${sentence(error)} It is not certain whether the number has changed: run it again.`);
    throw new PlainError(
      `${sentence(error)} There are ${before.partitions} partitions, as before, and requests are accepted again. Try again when fewer people book.`,
    );
  }
  const pausedMs = Math.round(performance.now() - pausedAt);
  say(
    `There are ${after.partitions} partitions now, ${before.partitions} before. New requests were refused for ${pausedMs} ms.`,
  );
}

/** Waits until at most this many jobs are unfinished in all queues. Returns whether they were in time. */
async function eventuallyAtMost(queues: EnvelopeQueue[], jobs: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const counts = await Promise.all(queues.map((queue) => queue.countUnfinished()));
    if (counts.reduce((sum, count) => sum + count, 0) <= jobs) return true;
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
}

function sentence(error: unknown): string {
  if (error instanceof PlainError) return error.message;
  if (sqlState(error) === '55P03') return 'A turn that is in progress does not end.';
  return `${(error as Error).message}.`;
}
