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

/** How often PostgreSQL is asked for the partitioning, in milliseconds: as a rule, and while requests wait for it. */
const readEveryMs = { always: 1_000, paused: 100 };
/**
 * How long PostgreSQL may return an earlier partitioning than before until it is believed, in milliseconds. A replica that
 * lags catches up. If the row is lost in a failover, workers add a later one sooner than this, as long as a queue remembers
 * the lost one.
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
 * The partitioning as this gateway knows it. It may be outdated, which is safe: a queue refuses what is sent under an
 * outdated one (partitioning.ts).
 */
export class CurrentPartitioning {
  readonly #options: Options;
  readonly #listeners: ((partitioning: Partitioning) => void)[] = [];
  #current: Partitioning | null = null;
  /** The least generation that a queue has asked for. */
  #least = 0;
  /** When PostgreSQL first returned an earlier partitioning than the current one, by `performance.now()`. */
  #earlierSince: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> | null = null;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Null until it has been read for the first time. */
  get current(): Partitioning | null {
    return this.#current;
  }

  /** Whether requests are refused: the number of partitions is unknown, uncertain, or being changed. */
  get isPaused(): boolean {
    return this.#current === null || this.#earlierSince !== null || this.#current.generation < this.#least;
  }

  /** Reads it, once and then again and again. Resolves after the first attempt, whether it succeeded or not. */
  async start(): Promise<void> {
    await this.#read();
    this.#schedule();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** @param listener called with the partitioning that applies, now if it is known and after each change */
  onChange(listener: (partitioning: Partitioning) => void): void {
    this.#listeners.push(listener);
    if (this.#current) listener(this.#current);
  }

  /** Call it when a queue accepts only this generation or later ones: requests wait until it is known. */
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
    const ms = this.isPaused ? readEveryMs.paused : readEveryMs.always;
    this.#timer = setTimeout(() => void this.#read().then(() => this.#schedule()), ms).unref();
  }

  #read(): Promise<void> {
    this.#reading ??= this.#readOnce()
      .catch(() => undefined) // the database's and Redis' own checks say why
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
    if (before && this.#isTooEarly(read, before)) return;
    if (before?.generation === read.generation && before.partitions === read.partitions) return;
    this.#current = read;
    logger.info(read, 'partitioning');
    const ignored = before ? null : ignoredPartitionsMessage(configured, read.partitions);
    if (ignored) logger.warn(ignored);
    for (const listener of this.#listeners) listener(read);
  }

  #isTooEarly(read: Partitioning, before: Partitioning): boolean {
    const isEarlier = read.generation < before.generation;
    const since = isEarlier ? (this.#earlierSince ?? performance.now()) : null;
    const isBelieved = since !== null && performance.now() - since >= earlierForMs;
    this.#earlierSince = isBelieved ? null : since;
    return isEarlier && !isBelieved;
  }
}
