import { partitionIn, readBookingId } from '@boxoffice/shared/booking-id';
import type { Outcome, RequestKey } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { HealthWarning } from '@boxoffice/shared/service/health';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import type { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { Acceptance } from '../acceptance.ts';
import type { StoredOutcomes } from '../stored-outcomes.ts';
import type { CurrentPartitioning } from './current-partitioning.ts';
import { registerDepthMetrics } from './depth-metrics.ts';
import { EnvelopeQueues } from './envelope-queues.ts';
import { EnvelopeSender } from './envelope-sender.ts';
import { IdempotencyKeys, type KeyOwner } from './idempotency-keys.ts';
import { JobLookup, type QueuedJob } from './job-lookup.ts';
import { JobWatch, type JobWatcher } from './job-watch.ts';
import { MemoryWatch } from './memory-watch.ts';
import { OutcomeInbox } from './outcome-inbox.ts';
import type { PartitionOwners } from './partition-owners.ts';
import type { PartitionSnapshot } from './partition-queue.ts';
import { Partitions } from './partitions.ts';
import { intakePaused, lookupUnavailable, orLookupUnavailable, queueFull, queueUnavailable } from './queue-errors.ts';
import { Rounds } from './rounds.ts';
import type { Draft, SubmitOptions, Submitted } from './submission.ts';
import { UndecidedRequests } from './undecided-requests.ts';

type Partitionings = Pick<CurrentPartitioning, 'isPaused' | 'expect' | 'onChange'>;

/** The gateway's side of the partitions' queues: requests go in here, and their outcomes come back. */
export class BookingQueue {
  readonly #keys: IdempotencyKeys;
  readonly #inbox: OutcomeInbox;
  readonly #lookup: JobLookup;
  readonly #watch: JobWatch;
  readonly #queues: EnvelopeQueues;
  readonly #partitions: Partitions;
  readonly #partitioning: Partitionings;
  readonly #replicaAcks: number;
  readonly #rounds: Rounds;
  readonly #memory: MemoryWatch;
  readonly #undecided: UndecidedRequests;
  readonly #owners: Pick<PartitionOwners, 'isOwned'>;
  readonly #tracing: Tracing | undefined;

  /**
   * @param options.redis fails fast (openImpatientRedis)
   * @param options.subscriber for outcomes; other subscribers may share it
   * @param options.outcomes of decided requests
   * @param options.limit the most jobs that may wait in one partition
   * @param options.userLimit the most undecided requests that one user may have
   * @param options.replicaAcks the replicas that must have a request before it is accepted
   */
  constructor(options: {
    redis: RedisClient;
    subscriber: Redis;
    outcomes: Pick<StoredOutcomes, 'findMany'>;
    owners: Pick<PartitionOwners, 'isOwned' | 'markOwned' | 'onOwnerless' | 'ownerOf'>;
    partitioning: Partitionings;
    limit: number;
    userLimit: number;
    replicaAcks?: number | undefined;
    logger: Logger;
    metrics: Registry;
    tracing?: Tracing | undefined;
  }) {
    const { redis, subscriber, logger, metrics, tracing } = options;
    this.#tracing = tracing;
    this.#memory = new MemoryWatch(redis, metrics);
    this.#owners = options.owners;
    options.owners.onOwnerless((partition) => this.#inbox.endWaits(partition));
    this.#keys = new IdempotencyKeys(redis);
    this.#replicaAcks = options.replicaAcks ?? 0;
    this.#queues = new EnvelopeQueues(redis, { replicas: this.#replicaAcks, logger });
    this.#partitioning = options.partitioning;
    this.#partitions = new Partitions(this.#queues, options.limit);
    this.#lookup = new JobLookup(this.#queues, options.outcomes);
    this.#undecided = new UndecidedRequests(options.userLimit, this.#lookup);
    this.#watch = new JobWatch(this.#lookup);
    this.#inbox = new OutcomeInbox({
      subscriber,
      logger,
      lookup: this.#lookup,
      onOutcomes: (outcomes, envelopeId) => {
        this.#undecided.decided(outcomes);
        this.#watch.receive(outcomes);
        this.#rounds.outcomesArrived(envelopeId);
        options.owners.markOwned(partitionIn(envelopeId));
      },
    });
    const sender = new EnvelopeSender({
      keys: this.#keys,
      inbox: this.#inbox,
      onSend: (envelopeId) => this.#rounds.expectOutcomes(envelopeId),
      onOutdated: (least) => options.partitioning.expect(least),
      logger,
      metrics,
      tracing,
    });
    this.#rounds = new Rounds(() => this.#partitions.all, {
      send: (partition) => sender.send(partition),
      ownerOf: (partition) => options.owners.ownerOf(partition),
      isOneServer: redis instanceof Redis,
    });
    registerDepthMetrics(() => this.#partitions.withLeftovers(), metrics);
    options.partitioning.onChange((partitioning) => {
      this.#partitions.arrange(partitioning);
      this.#rounds.start();
    });
  }

  /** The partitions' queues, for the operators' board. */
  get queues(): Queue[] {
    return this.#partitions.all.map((partition) => partition.bullQueue);
  }

  /** @param listener called when the number of partitions, and so `queues`, has changed */
  onArranged(listener: () => void): void {
    this.#partitioning.onChange(listener);
  }

  /**
   * Queues a request. Resolves when Redis has stored it durably.
   *
   * @throws {ProblemError} too_many_requests, queue_full, queue_unavailable (also while the number of partitions changes)
   */
  async submit(draft: Draft, options: SubmitOptions): Promise<Submitted> {
    if (this.#partitioning.isPaused) throw intakePaused();
    if (this.#memory.isFull) throw queueFull();
    const place = this.#undecided.enter(draft.user_id);
    try {
      const submitted = await this.#addPending(draft, options);
      if (submitted.status === 'queued') place.queued(submitted.id);
      else place.leave();
      return submitted;
    } catch (error) {
      const jobId = error instanceof ProblemError ? error.problem.job_id : undefined;
      if (jobId) place.queued(jobId);
      else place.leave();
      throw error;
    }
  }

  /**
   * Waits for the outcome of a request that was queued earlier; null when it does not arrive in time.
   *
   * @param acceptance limits the look-up that precedes the wait
   * @throws {ProblemError} queue_unavailable, database_unavailable when the request cannot be looked up
   */
  async wait(id: string, forMs: number, acceptance: Pick<Acceptance, 'lookUp'>): Promise<Outcome | null> {
    const leave = new AbortController();
    const waiting = this.#inbox.wait(id, this.#owners.isOwned(partitionIn(id)) ? forMs : 0, leave.signal);
    try {
      const job = await acceptance.lookUp(this.find(id)); // it may have been decided before we started to wait
      return job?.outcome ?? (await waiting);
    } finally {
      leave.abort();
    }
  }

  /**
   * Finds a request by its id; null when there is none, or its outcome has been removed.
   *
   * @throws {ProblemError} queue_unavailable, database_unavailable
   */
  find(id: string): Promise<QueuedJob | null> {
    return this.#lookup.find(id);
  }

  /**
   * Makes sure that as many replicas as required have a request that was queued earlier, and that may have been refused
   * because they did not.
   *
   * @throws {ProblemError} queue_unavailable
   */
  async confirm(id: string): Promise<void> {
    if (this.#replicaAcks === 0) return;
    const envelopeId = readBookingId(id)?.envelopeId;
    try {
      if (envelopeId && (await this.#queues.of(partitionIn(id)).confirm(envelopeId))) return;
    } catch (error) {
      throw queueUnavailable(error, id);
    }
    throw queueUnavailable(new Error('the queue no longer has the request'), id); // decided meanwhile, or lost
  }

  /** How soon a client should ask again about an undecided request, in seconds. */
  pollAfterSeconds(id: string): number {
    return this.#owners.isOwned(partitionIn(id)) ? 1 : 5;
  }

  /** For the readiness probe: warns when no new requests are accepted. */
  check(): Promise<HealthWarning | null> {
    return this.#memory.check();
  }

  /** Reports a request's progress to the watcher until the returned function is called. */
  watch(id: string, watcher: JobWatcher): () => void {
    return this.#watch.add(id, watcher);
  }

  /**
   * The state of each partition's queue, including partitions that no longer exist but whose queues are not empty.
   *
   * @throws {ProblemError} queue_unavailable
   */
  async snapshot(): Promise<PartitionSnapshot[]> {
    if (this.#partitions.all.length === 0)
      throw lookupUnavailable(new Error('the number of partitions is not known yet'));
    return orLookupUnavailable(async () =>
      Promise.all((await this.#partitions.withLeftovers()).map((partition) => partition.snapshot())),
    );
  }

  /**
   * Finds the request for a show that a user's Idempotency-Key belongs to, as far as Redis remembers.
   *
   * @throws {ProblemError} queue_unavailable
   */
  findKeyOwner(showId: number, userId: number, key: RequestKey): Promise<KeyOwner | null> {
    return orLookupUnavailable(() => this.#keys.find(this.#partitions.ofShow(showId).number, userId, key));
  }

  /** Ends all waits for outcomes; queued requests stay queued. */
  async stopWaiting(): Promise<void> {
    this.#inbox.close();
    this.#watch.close();
  }

  async close(): Promise<void> {
    this.#memory.close();
    await this.#queues.close();
  }

  #addPending(draft: Draft, options: SubmitOptions): Promise<Submitted> {
    return new Promise((resolve, reject) => {
      const partition = this.#partitions.ofShow(draft.show_id);
      const waitMs = this.#owners.isOwned(partition.number) ? options.waitMs : 0;
      const traceparent = this.#tracing?.current();
      const since = performance.now();
      partition.addPending({ since, draft, traceparent, options: { ...options, waitMs }, resolve, reject });
      this.#rounds.start();
    });
  }
}
