import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { partitionOf } from '@boxoffice/shared/partition';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { StoredOutcomes } from '../stored-outcomes.ts';
import { registerDepthMetrics } from './depth-metrics.ts';
import { EnvelopeSender } from './envelope-sender.ts';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { JobLookup, type QueuedJob } from './job-lookup.ts';
import { JobWatch, type JobWatcher } from './job-watch.ts';
import { OutcomeInbox } from './outcome-inbox.ts';
import { PartitionQueue, type PartitionSnapshot } from './partition-queue.ts';
import { orQueueUnavailable } from './queue-errors.ts';
import { Rounds } from './rounds.ts';
import type { Draft, SubmitOptions, Submitted } from './submission.ts';

/** The gateway's side of the partitions' queues: requests go in here, and their outcomes come back. */
export class BookingQueue {
  readonly #keys: IdempotencyKeys;
  readonly #inbox: OutcomeInbox;
  readonly #lookup: JobLookup;
  readonly #watch: JobWatch;
  readonly #partitions: PartitionQueue[];
  readonly #rounds: Rounds;

  /**
   * @param options.redis fails fast (openImpatientRedis)
   * @param options.subscriber for outcomes; other subscribers may share it
   * @param options.outcomes of decided requests
   * @param options.limit jobs that may wait in one partition
   */
  constructor(options: {
    redis: Redis;
    subscriber: Redis;
    outcomes: Pick<StoredOutcomes, 'findMany'>;
    partitions: number;
    limit: number;
    logger: Logger;
    metrics: Registry;
  }) {
    const { redis, subscriber, logger, metrics } = options;
    this.#keys = new IdempotencyKeys(redis);
    this.#partitions = Array.from(
      { length: options.partitions },
      (_, number) => new PartitionQueue(number, { redis, jobLimit: options.limit }),
    );
    this.#lookup = new JobLookup(this.#partitions, options.outcomes);
    this.#watch = new JobWatch(this.#lookup);
    this.#inbox = new OutcomeInbox({
      subscriber,
      logger,
      lookup: this.#lookup,
      onOutcomes: (outcomes, envelopeId) => {
        this.#watch.receive(outcomes);
        this.#rounds.outcomesArrived(envelopeId);
      },
    });
    const sender = new EnvelopeSender({
      keys: this.#keys,
      inbox: this.#inbox,
      onSend: (envelopeId) => this.#rounds.expectOutcomes(envelopeId),
      logger,
      metrics,
    });
    this.#rounds = new Rounds(this.#partitions, (partition) => sender.send(partition));
    registerDepthMetrics(this.#partitions, metrics);
  }

  /** The partitions' queues, for the operators' board. */
  get queues(): Queue[] {
    return this.#partitions.map((partition) => partition.bullQueue);
  }

  /**
   * Queues a request. Resolves when Redis has stored it durably.
   *
   * @throws {ProblemError} queue_full, queue_unavailable, idempotency_mismatch
   */
  submit(draft: Draft, options: SubmitOptions): Promise<Submitted> {
    return new Promise((resolve, reject) => {
      this.#partitionOf(draft.show_id).addPending({ since: performance.now(), draft, options, resolve, reject });
      this.#rounds.start();
    });
  }

  /** Waits for the outcome of a request that was queued earlier; null when it does not arrive in time. */
  async wait(id: string, forMs: number): Promise<Outcome | null> {
    const waiting = this.#inbox.wait(id, forMs);
    const job = await this.find(id); // it may have been decided before we began to wait
    return job?.outcome ?? waiting;
  }

  /**
   * Finds a request by its id; null when there is none, or its outcome has been removed.
   *
   * @throws {ProblemError} queue_unavailable
   */
  find(id: string): Promise<QueuedJob | null> {
    return this.#lookup.find(id);
  }

  /** Reports a request's progress to the watcher until the returned function is called. */
  watch(id: string, watcher: JobWatcher): () => void {
    return this.#watch.add(id, watcher);
  }

  /**
   * The state of each partition's queue, over all gateways and workers.
   *
   * @throws {ProblemError} queue_unavailable
   */
  snapshot(): Promise<PartitionSnapshot[]> {
    return orQueueUnavailable(() => Promise.all(this.#partitions.map((partition) => partition.snapshot())));
  }

  /**
   * Releases the Idempotency-Key of a request that was never accepted.
   *
   * @throws {ProblemError} queue_unavailable
   */
  forgetKey(draft: Draft, idempotency: { key: string; fingerprint: string }, id: string): Promise<void> {
    return orQueueUnavailable(() => this.#keys.forget({ userId: draft.user_id, ...idempotency, id }));
  }

  /** Ends every wait for an outcome; queued requests stay queued. */
  async stopWaiting(): Promise<void> {
    this.#inbox.close();
    this.#watch.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.#partitions.map((partition) => partition.close()));
  }

  #partitionOf(showId: number): PartitionQueue {
    const partition = this.#partitions[partitionOf(showId, this.#partitions.length)];
    if (!partition) throw new Error(`show ${showId} has no partition`);
    return partition;
  }
}
