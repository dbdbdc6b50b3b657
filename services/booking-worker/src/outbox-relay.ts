import { setTimeout as delay } from 'node:timers/promises';
import { outboxKinds } from '@boxoffice/shared/outbox/kinds';
import type { OutboxKind } from '@boxoffice/shared/outbox/outbox-kind';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { Queue } from 'bullmq';
import type { Lease } from './leases/leases.ts';
import type { BookingStore } from './store/booking-store.ts';
import type { OutboxRow } from './store/outbox.ts';

/** Rows relayed at a time. */
const batchSize = 200;
/** How often the outbox is read without being woken, in milliseconds: a previous owner may have left rows. */
const pauseMs = 1_000;

const jobOptions = {
  attempts: 20,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
  removeOnComplete: { age: 60 * 60, count: 1_000 },
  removeOnFail: { age: 7 * 24 * 60 * 60, count: 1_000 },
};

interface RelayOptions {
  store: Pick<BookingStore, 'readOutbox' | 'deleteFromOutbox'>;
  redis: RedisClient;
  logger: Logger;
  /** The leases of the partitions that this process serves. */
  leases: () => readonly Lease[];
  /** The number of all partitions. */
  partitionCount: () => number;
  /** Called with the kind of each row that was relayed. */
  onRelayed?: (kind: string) => void;
  kinds?: Readonly<Record<string, OutboxKind<never>>>;
}

/**
 * Moves rows of the outbox into the queues of their consumers, in order. A row is deleted once its job is in its queue, so
 * after a crash in between the job is added again, under the same id. Two owners at the same time have no other effect, so
 * the relay needs no locks and delays no turn.
 */
export class OutboxRelay {
  readonly #options: RelayOptions;
  readonly #kinds: Readonly<Record<string, OutboxKind<never>>>;
  readonly #queues = new Map<string, Queue>();
  readonly #stop = new AbortController();
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> = Promise.resolve();

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#kinds = options.kinds ?? outboxKinds;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Call it when rows have been committed. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Does not wait for Redis. Rows whose jobs it may have stored remain, and their jobs are added again. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    for (const queue of this.#queues.values()) queue.close().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const stopped = new Promise<number>((resolve) =>
      this.#stop.signal.addEventListener('abort', () => resolve(0), { once: true }),
    );
    while (!this.#stop.signal.aborted) {
      this.#wake = Promise.withResolvers();
      const relayed = await Promise.race([this.#relaySome(), stopped]);
      if (relayed === batchSize) continue;
      const pause = delay(pauseMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
      await Promise.race([pause, this.#wake.promise]);
    }
  }

  /** Returns how many rows were relayed. */
  async #relaySome(): Promise<number> {
    const { store, logger, leases, partitionCount, onRelayed } = this.#options;
    const partitions = leases().map((lease) => lease.partition);
    if (partitions.length === 0) return 0;
    try {
      // Rows of kinds that only a later release knows must not delay the others.
      const kinds = Object.keys(this.#kinds);
      const rows = await store.readOutbox({ partitions, partitionCount: partitionCount(), kinds, limit: batchSize });
      if (rows.length === 0) return 0;
      for (const [name, ofQueue] of Map.groupBy(rows, (row) => this.#kindOf(row).queue)) await this.#add(name, ofQueue);
      await store.deleteFromOutbox(rows);
      for (const row of rows) onRelayed?.(row.kind);
      return rows.length;
    } catch (error) {
      logger.warn({ reason: (error as Error).message }, 'the outbox cannot be relayed yet');
      return 0;
    }
  }

  /** All of them in one transaction, so that they keep their order. */
  async #add(name: string, rows: readonly OutboxRow[]): Promise<void> {
    const known = this.#queues.get(name);
    const queue = known ?? new Queue(name, { connection: this.#options.redis });
    if (!known) queue.on('error', () => undefined); // the connection logs its own outages
    this.#queues.set(name, queue);
    const jobs = rows.map((row) => ({
      name: this.#kindOf(row).title(row.data as never),
      // The version is the writer's. Releases before 0.2 wrote none, which is version 1.
      data: { version: 1, ...row.data, kind: row.kind },
      opts: { ...jobOptions, jobId: row.id },
    }));
    await queue.addBulk(jobs);
  }

  #kindOf({ kind }: OutboxRow): OutboxKind<never> {
    const known = this.#kinds[kind];
    if (!known) throw new Error(`the outbox has a row of unknown kind ${kind}`);
    return known;
  }
}
