import { envelopeLimit } from '@boxoffice/shared/booking-id';
import type { Envelope } from '@boxoffice/shared/contracts/jobs';
import type { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { NotReplicatedError } from '@boxoffice/shared/service/replicated-transaction';
import type { Queue } from 'bullmq';
import { queueFull, queueUnavailable } from './queue-errors.ts';
import type { PendingRequest } from './submission.ts';

/** The most requests of one partition that may be pending in this process. */
const pendingLimit = 20_000;
/** The decisions that a snapshot covers: those of the last minute, and at most this many per partition. */
const recentDecisions = { withinMs: 60_000, limit: 20 };

/** The state of a partition's queue at one moment. */
export interface PartitionSnapshot {
  partition: number;
  waiting_jobs: number;
  oldest_seconds: number;
  /** How long the latest jobs took from being added to being decided, in milliseconds. */
  decisionMs: number[];
}

/**
 * One partition under one partitioning: its queue in Redis, and the requests pending in this process that will join it.
 */
export class PartitionQueue {
  readonly number: number;
  readonly #generation: number;
  readonly #queue: EnvelopeQueue;
  readonly #jobLimit: number;
  readonly #pending: PendingRequest[] = [];
  /** The number of waiting jobs when they were last counted. */
  #waitingJobs = 0;
  /** Whether too few replicas have acknowledged the last write. */
  #lacksReplicas = false;

  /**
   * @param options.generation of the partitioning
   * @param options.jobLimit the most jobs that may wait in this partition
   */
  constructor(number: number, options: { queue: EnvelopeQueue; generation: number; jobLimit: number }) {
    this.number = number;
    this.#generation = options.generation;
    this.#jobLimit = options.jobLimit;
    this.#queue = options.queue;
  }

  /** For the operators' board. */
  get bullQueue(): Queue {
    return this.#queue.bull;
  }

  get pendingCount(): number {
    return this.#pending.length;
  }

  /** When the oldest pending request was submitted, by `performance.now()`; undefined when none is pending. */
  get oldestPendingSince(): number | undefined {
    return this.#pending[0]?.since;
  }

  /** @throws {ProblemError} queue_full */
  addPending(request: PendingRequest): void {
    if (this.#pending.length >= pendingLimit) throw queueFull();
    this.#pending.push(request);
  }

  /** Takes out the requests of the next envelope, oldest first. */
  takePending(): PendingRequest[] {
    return this.#pending.splice(0, envelopeLimit);
  }

  /** Removes and returns all requests, because the partitioning has changed. */
  takeAllPending(): PendingRequest[] {
    return this.#pending.splice(0);
  }

  /** Refuses everything that is pending: Redis does not respond. */
  refusePending(): void {
    // Ask Redis before the next envelope is sent: one without a response must not be followed by more.
    this.#waitingJobs = Number.POSITIVE_INFINITY;
    for (const { reject } of this.#pending.splice(0)) reject(queueUnavailable(new Error('the previous round failed')));
  }

  /**
   * Adds an envelope.
   *
   * @returns the undecided requests ahead of it
   * @throws {PartitioningOutdated} when the partitioning is outdated; then nothing has been added
   * @throws {NotReplicatedError} when it has been added, but too few replicas have it
   */
  async add(envelopeId: string, envelope: Envelope): Promise<number> {
    const { waitingJobs, ahead } = await this.#watchReplicas(() =>
      this.#queue.add(envelopeId, envelope, this.#generation),
    );
    this.#waitingJobs = waitingJobs;
    return ahead;
  }

  /** Rejects while replicas are known to be missing, so that nothing is added that cannot be confirmed. */
  async expectReplicas(): Promise<void> {
    if (this.#lacksReplicas) await this.#watchReplicas(() => this.#queue.probeReplicas());
  }

  async #watchReplicas<T>(write: () => Promise<T>): Promise<T> {
    try {
      const result = await write();
      this.#lacksReplicas = false;
      return result;
    } catch (error) {
      this.#lacksReplicas ||= error instanceof NotReplicatedError;
      throw error;
    }
  }

  /** Whether the queue is at its limit. Costs nothing below it: Redis is queried only if the last count was at the limit. */
  async isFull(): Promise<boolean> {
    return this.#waitingJobs >= this.#jobLimit && (await this.countWaiting()) >= this.#jobLimit;
  }

  async countWaiting(): Promise<number> {
    this.#waitingJobs = await this.#queue.countWaiting();
    return this.#waitingJobs;
  }

  /** How long the job at the head has waited; 0 when none is waiting. */
  async oldestSeconds(): Promise<number> {
    const since = await this.#queue.oldestWaitingSince();
    return since === null ? 0 : Math.max(Date.now() - since, 0) / 1_000;
  }

  async snapshot(): Promise<PartitionSnapshot> {
    const [waiting_jobs, oldest_seconds, decisionMs] = await Promise.all([
      this.countWaiting(),
      this.oldestSeconds(),
      this.#queue.recentDecisionsMs(recentDecisions),
    ]);
    return { partition: this.number, waiting_jobs, oldest_seconds, decisionMs };
  }
}
