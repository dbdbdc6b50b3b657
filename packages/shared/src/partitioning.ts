/**
 * The number of partitions, and how it changes while requests arrive (decision 19).
 *
 * `installation.partitionings` has a row per generation; the newest applies. Each queue stores the lowest generation whose
 * envelopes it accepts (queue-layout.ts), which only ever grows. To replace generation g:
 *
 *   1. every queue is closed: it accepts nothing older than a generation that does not exist yet;
 *   2. the queues drain;
 *   3. the row of that generation is added, in a transaction that waits for the turns in progress.
 *
 * A process learns of a generation only from its row, so whatever it adds under the new one follows everything that was
 * accepted under g, and what it still adds under g is refused. Before step 3, anyone may succeed g with the old number
 * instead: that opens the queues again, and step 3 then adds nothing.
 */

import { turnLockClass } from './partition.ts';
import type { RedisClient } from './service/redis.ts';

/** How shows are distributed over queues. */
export interface Partitioning {
  generation: number;
  partitions: number;
}

/** The part of a PostgreSQL client that is used here. */
interface Client {
  query<Row>(statement: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** Reads the partitioning that applies; no rows if no worker has ever run. */
export const partitioningSql =
  'select generation, partitions from installation.partitionings order by generation desc limit 1';

/** Where releases before 0.2 recorded the number. They refuse to start if they are configured with another. */
const recordedKey = 'boxoffice:partitions';

/** Key of the transaction-level advisory lock under which rows are added, one transaction at a time. */
const changeLock = 7_234;

/**
 * The number of partitions of an installation that has no row yet: the one in Redis, where the first caller records it.
 * This makes services that start for the first time agree, whatever BOOKING_PARTITIONS each of them has.
 */
export async function firstPartitions(redis: RedisClient, partitions: number): Promise<number> {
  // A Redis whose memory is full refuses every write, but services must be able to start, to decide what is queued.
  const recorded = Number(await redis.get(recordedKey));
  if (recorded > 0) return recorded;
  await redis.set(recordedKey, partitions, 'NX');
  return Number(await redis.get(recordedKey));
}

/** Makes earlier releases refuse to start unless they are configured with this number. */
export async function recordForEarlierReleases(redis: RedisClient, partitions: number): Promise<void> {
  await redis.set(recordedKey, partitions);
}

/** Reads the partitioning that applies. If there is none, adds generation 0 with this number of partitions. */
export async function ensurePartitioning(client: Client, first: number): Promise<Partitioning> {
  const current = await readPartitioning(client);
  if (current) return current;
  await client.query(
    'insert into installation.partitionings (generation, partitions) values (0, $1) on conflict do nothing',
    [first],
  );
  return ensurePartitioning(client, first);
}

export async function readPartitioning(client: Client): Promise<Partitioning | null> {
  const { rows } = await client.query<Partitioning>(partitioningSql);
  return rows[0] ?? null;
}

/**
 * Adds a row, unless another has been added since `from`. If the number changes, this waits for every turn and chore in
 * progress under `from`, and delays new ones until the row is committed.
 *
 * @returns whether the row was added
 */
export async function advancePartitioning(client: Client, from: Partitioning, to: Partitioning): Promise<boolean> {
  await client.query('begin');
  try {
    // In this order, so that the statement that adds the row sees everything committed under the locks.
    await client.query('select pg_advisory_xact_lock($1)', [changeLock]);
    const partitionsToLock = from.partitions === to.partitions ? 0 : from.partitions;
    await client.query(
      'select pg_advisory_xact_lock($1, partition) from generate_series(0, $2 - 1) as partition order by partition',
      [turnLockClass, partitionsToLock],
    );
    const { rows } = await client.query<{ generation: number }>(
      `insert into installation.partitionings (generation, partitions)
       select $1, $2 where $3 = (select max(generation) from installation.partitionings) returning generation`,
      [to.generation, to.partitions, from.generation],
    );
    await client.query('commit');
    return rows.length === 1;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** A warning for a service whose configured number differs from the installation's; null if it does not. */
export function ignoredPartitionsMessage(configured: number | undefined, actual: number): string | null {
  if (configured === undefined || configured === actual) return null;
  return (
    `This installation has ${actual} booking partitions, so BOOKING_PARTITIONS=${configured} is ignored: ` +
    `it applies to new installations only. To change the number, run \`pnpm repartition ${configured}\`.`
  );
}

/** A queue refused an envelope because the number of partitions has changed or is being changed. */
export class PartitioningOutdated extends Error {
  override name = 'PartitioningOutdated';
  /** The lowest generation that the queue accepts. */
  readonly least: number;

  constructor(least: number) {
    super(`the queue accepts envelopes from generation ${least} on`);
    this.least = least;
  }
}
