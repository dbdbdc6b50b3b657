import type { MikroORM } from '@boxoffice/shared/database/orm';
import { defaultPartitions } from '@boxoffice/shared/partition';
import {
  firstPartitions,
  ignoredPartitionsMessage,
  type Partitioning,
  partitioningSql,
} from '@boxoffice/shared/partitioning';
import type { HealthWarning } from '@boxoffice/shared/service/health';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';

/** How often the partitioning is read from PostgreSQL, in milliseconds: normally, and while requests are refused. */
const readEveryMs = { normally: 1_000, paused: 100 };
/**
 * How long PostgreSQL must have returned an earlier partitioning than the known or the required one before it is accepted, in
 * milliseconds. A lagging replica catches up sooner. If a failover has lost the newest row, or a change was interrupted, workers
 * add a later one, unless Redis has lost its generation as well. Then nobody does, and nothing but time ends the pause.
 */
const earlierForMs = 5_000;

interface Options {
  orm: MikroORM;
  /** Fails fast. */
  redis: RedisClient;
  config: { BOOKING_PARTITIONS?: number | undefined };
  logger: Logger;
}

/**
 * The partitioning as this gateway knows it. An outdated one is safe, because queues refuse what is sent under it
 * (partitioning.ts).
 */
export class CurrentPartitioning {
  readonly #options: Options;
  readonly #listeners: ((partitioning: Partitioning) => void)[] = [];
  #current: Partitioning | null = null;
  /** The latest generation that a queue has required, unless PostgreSQL has returned an earlier one for too long since. */
  #least = 0;
  /** Since when PostgreSQL has returned an earlier one than expected, by `performance.now()`; null if it does not. */
  #earlierSince: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | null = null;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** The partitioning; null until it has been read for the first time. */
  get current(): Partitioning | null {
    return this.#current;
  }

  /** Whether requests are refused: the number of partitions is unknown, uncertain, or being changed. */
  get isPaused(): boolean {
    return this.#current === null || this.#earlierSince !== null || this.#current.generation < this.#least;
  }

  /** Starts reading it repeatedly. Resolves after the first attempt, whether that succeeded or not. */
  async start(): Promise<void> {
    await this.#read();
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** @param listener called with the partitioning immediately if it is known, and after each change */
  onChange(listener: (partitioning: Partitioning) => void): void {
    this.#listeners.push(listener);
    if (this.#current) listener(this.#current);
  }

  /** Call it when a queue requires this generation: requests are refused until it is known. */
  expect(least: number): void {
    if (least <= this.#least) return;
    this.#least = least;
    if (this.isPaused) void this.#read().then(() => this.#schedule());
  }

  /**
   * For the readiness probe.
   *
   * @throws when the number of partitions is not known yet
   */
  async check(): Promise<HealthWarning | null> {
    if (!this.#current) throw new Error('the number of partitions is not known yet');
    return this.isPaused ? { warning: 'the number of partitions is being changed' } : null;
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const ms = this.isPaused ? readEveryMs.paused : readEveryMs.normally;
    this.#timer = setTimeout(() => void this.#read().then(() => this.#schedule()), ms).unref();
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOnce()
      .catch(() => undefined) // the checks of the database and Redis report it
      .finally(() => {
        this.#reading = null;
      });
    return this.#reading;
  }

  async #readOnce(): Promise<void> {
    const { orm, redis, config, logger } = this.#options;
    const rows: Partitioning[] = await orm.em.getConnection().execute(partitioningSql);
    const configured = config.BOOKING_PARTITIONS;
    // A worker adds the first row, with the same number.
    const first = async () => ({
      generation: 0,
      partitions: await firstPartitions(redis, configured ?? defaultPartitions),
    });
    const read = rows[0] ?? (await first());
    const before = this.#current;
    if (read.generation < Math.max(before?.generation ?? 0, this.#least)) {
      this.#earlierSince ??= performance.now();
      if (performance.now() - this.#earlierSince < earlierForMs) return;
      this.#least = read.generation; // a queue that still requires a later one refuses the next envelope, and says so
    }
    this.#earlierSince = null;
    if (before?.generation === read.generation && before.partitions === read.partitions) return;
    this.#current = read;
    logger.info(read, 'partitioning');
    const ignored = before ? null : ignoredPartitionsMessage(configured, read.partitions);
    if (ignored) logger.warn(ignored);
    for (const listener of this.#listeners) listener(read);
  }
}
