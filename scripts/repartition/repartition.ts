import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { AllQueues } from '@boxoffice/shared/all-queues';
import { sqlState } from '@boxoffice/shared/database/errors';
import {
  advancePartitioning,
  ensurePartitioning,
  firstPartitions,
  type Partitioning,
  readPartitioning,
} from '@boxoffice/shared/partitioning';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import type pg from 'pg';

/** How long to wait for the queues to become short before they are closed, in milliseconds. */
const shortWithinMs = 60_000;
/** Queues with at most this many jobs in total drain quickly. */
const shortJobs = 16;
/** How long closed queues may take to drain, in milliseconds. After that, requests are accepted again and nothing has changed. */
const drainWithinMs = 1_000;
/** How long queues that an earlier change has left closed may take to drain before they are opened regardless, in milliseconds. */
const leftBehindWithinMs = 30_000;
const pollMs = 10;
const lockNotAvailable = '55P03';

export interface RepartitionOptions {
  client: pg.Client;
  redis: RedisClient;
  /** The new number of partitions. */
  partitions: number;
  /** BOOKING_PARTITIONS, in case no service has ever run. */
  configured: number;
  say: (line: string) => void;
}

/**
 * Changes the number of partitions, as partitioning.ts describes. It may be killed at any moment and run again: until the
 * row is added nothing has changed, and a worker opens closed queues again after 3 s; after that the change is complete.
 *
 * @throws {PlainError} when the number has not changed, with the reason, or when that is uncertain
 */
export async function repartition({ client, redis, partitions, configured, say }: RepartitionOptions): Promise<void> {
  const before = await ensurePartitioning(client, await firstPartitions(redis, configured));
  const all = new AllQueues(redis);
  const least = await all.greatestLeast();
  // Later than any that a queue has seen, so that gateways cannot mistake it for a row that PostgreSQL has lost.
  const after = { generation: Math.max(before.generation, least) + 1, partitions };
  const reopen = async () => {
    if (least > before.generation) await drainLeftBehind(all, say);
    return openAgain(client, after.generation);
  };
  if (before.partitions === partitions) {
    const current = least > before.generation ? await reopen() : before;
    if (current.partitions !== partitions) throw new PlainError(changedByAnother(current));
    say(`There are ${partitions} partitions.`);
    return;
  }
  const numbers = Math.max(before.partitions, partitions);
  const { unfinished, silent } = await all.findUnfinished(numbers);
  if (silent.length > 0) throw new PlainError('A master of the Redis cluster does not respond. Nothing has changed.');
  const queues = [...Array(numbers).keys(), ...unfinished].map(
    (number) => new EnvelopeQueue(number, redis, { failFast: true }),
  );
  try {
    await change({ client, queues, before, after, reopen, say });
  } finally {
    await Promise.all(queues.map((queue) => queue.close().catch(() => undefined)));
  }
}

interface Change {
  client: pg.Client;
  /** Those of all partitions, before and after, and any others that are not empty. */
  queues: EnvelopeQueue[];
  before: Partitioning;
  after: Partitioning;
  /** Makes the queues accept requests again, and returns the partitioning that applies. */
  reopen: () => Promise<Partitioning>;
  say: (line: string) => void;
}

async function change({ client, queues, before, after, reopen, say }: Change): Promise<void> {
  if (!(await eventuallyAtMost(queues, shortJobs, shortWithinMs)))
    throw new PlainError('Too many requests are queued. Nothing has changed: try again when there are fewer.');
  const pausedAt = performance.now();
  try {
    await Promise.all(queues.map((queue) => queue.acceptFrom(after.generation)));
    say('New requests are refused for a moment.');
    if (!(await eventuallyAtMost(queues, 0, drainWithinMs))) throw new PlainError('The queues did not drain in time.');
    say('Every request accepted so far is decided.');
    if (!(await advancePartitioning(client, before, after)))
      throw new PlainError(
        'A worker has opened the queues again because this took too long, or another command was faster.',
      );
  } catch (error) {
    const current = await reopen().catch(() => null);
    const reason = sentence(error);
    if (!current)
      throw new PlainError(`${reason} It is unclear whether the number has changed: run the command again.`);
    if (current.partitions === before.partitions)
      throw new PlainError(
        `${reason} There are ${before.partitions} partitions, as before, and requests are accepted again. Try again when there is less load.`,
      );
    if (current.partitions !== after.partitions) throw new PlainError(`${reason} ${changedByAnother(current)}`);
    // The row was added after all, and only the response to its commit was lost.
  }
  const pausedMs = Math.round(performance.now() - pausedAt);
  say(
    `There are ${after.partitions} partitions now, ${before.partitions} before. New requests were refused for ${pausedMs} ms.`,
  );
}

/**
 * Makes queues that require this generation accept requests again, without changing the number.
 *
 * @returns the partitioning that applies: another command may have changed the number meanwhile
 */
async function openAgain(client: pg.Client, generation: number): Promise<Partitioning> {
  for (;;) {
    const current = await readPartitioning(client);
    if (!current) throw new Error('there is no partitioning');
    if (current.generation >= generation) return current;
    // If nothing was added, another process has added a row, and the next iteration finds it.
    await advancePartitioning(client, current, { generation, partitions: current.partitions });
  }
}

/**
 * Waits for the queues that were closed when the command began: another command has been interrupted, or PostgreSQL has lost
 * its row. In that case they hold requests that were distributed over another number of partitions, which come first.
 */
async function drainLeftBehind(all: AllQueues, say: (line: string) => void): Promise<void> {
  const deadline = performance.now() + leftBehindWithinMs;
  if (await all.areEmpty()) return;
  say('An earlier change was interrupted or lost. Waiting until the requests that it has left behind are decided.');
  while (performance.now() < deadline) {
    await delay(pollMs);
    if (await all.areEmpty()) return;
  }
  say('Some are still queued, so they may be decided after requests that are accepted from now on.');
}

/** Waits until all queues together have at most this many unfinished jobs. Returns false if that takes too long. */
async function eventuallyAtMost(queues: EnvelopeQueue[], jobs: number, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const counts = await Promise.all(queues.map((queue) => queue.countUnfinished()));
    if (counts.reduce((sum, count) => sum + count, 0) <= jobs) return true;
    if (performance.now() > deadline) return false;
    await delay(pollMs);
  }
}

function changedByAnother({ partitions }: Partitioning): string {
  return `Another command has changed the number: there are ${partitions} partitions.`;
}

function sentence(error: unknown): string {
  if (error instanceof PlainError) return error.message;
  if (sqlState(error) === lockNotAvailable) return 'A turn that is in progress does not end.';
  return `${(error as Error).message}.`;
}
