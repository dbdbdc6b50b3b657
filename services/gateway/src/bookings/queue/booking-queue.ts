import { setImmediate as endOfTick } from 'node:timers/promises';
import { envelopeLimit, newEnvelopeId, partitionIn, readBookingId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingRequest, Outcome, Outcomes } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { partitionOf } from '@boxoffice/shared/partition';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { Histogram, type Registry } from 'prom-client';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { JobWatch, type JobWatcher } from './job-watch.ts';
import { OutcomeInbox } from './outcome-inbox.ts';
import {
  type Draft,
  type Entry,
  formingLimit,
  measureDepth,
  type PartitionLook,
  PartitionQueue,
  type SubmitOptions,
  type Submitted,
} from './partition-queue.ts';

/** A request as the queue knows it. */
export interface QueuedJob {
  request: BookingRequest;
  status: 'queued' | 'active' | 'decided' | 'failed';
  /** About how many requests are decided up to and with this one. */
  position: number;
  outcome: Outcome | null;
}

/** Envelopes of this process that go undecided before the next round gathers: one in a worker's hand, one at hand. */
const undecidedLimit = 2;
/** The longest that a request waits for company, in milliseconds. */
const gatherMs = 20;

/** An entry that has its place, and so its id. */
type Placed = Entry & { id: string };

/**
 * The way into the partitions' queues. Group commit: while one round of adds is in flight, or the
 * worker has enough in hand, the requests that arrive gather, and ride together in the next job of
 * their partition. A request that comes alone goes at once; none waits for company for longer than 20 ms.
 */
export class BookingQueue {
  readonly #logger: Logger;
  readonly #limit: number;
  readonly #keys: IdempotencyKeys;
  readonly #inbox: OutcomeInbox;
  readonly #watch: JobWatch;
  readonly #partitions: PartitionQueue[];
  readonly #sizes: Histogram;
  /** Envelopes whose outcomes are not here yet, but for those so long overdue that they count no more. */
  readonly #undecided = new Set<string>();
  #flushing = false;
  #nextFlush: NodeJS.Timeout | null = null;

  /**
   * @param parts.redis never waits (openImpatientRedis)
   * @param parts.subscriber a connection of its own, for outcomes
   * @param parts.limit jobs that may wait in one partition
   */
  constructor(parts: {
    redis: Redis;
    subscriber: Redis;
    partitions: number;
    limit: number;
    logger: Logger;
    metrics: Registry;
  }) {
    this.#logger = parts.logger;
    this.#limit = parts.limit;
    this.#keys = new IdempotencyKeys(parts.redis);
    this.#partitions = Array.from(
      { length: parts.partitions },
      (_, partition) => new PartitionQueue(partition, parts.redis),
    );
    this.#inbox = new OutcomeInbox({
      ...parts,
      find: (envelopeId) => this.#findOutcomes(envelopeId),
      onOutcomes: (outcomes, envelopeId) => {
        this.#watch.receive(outcomes);
        this.#decided(envelopeId);
      },
    });
    this.#watch = new JobWatch((envelopeId) => this.#findEnvelope(envelopeId));
    this.#sizes = new Histogram({
      name: 'booking_submitted_envelope_requests',
      help: 'Requests in one job, as submitted',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128],
      registers: [parts.metrics],
    });
    measureDepth(this.#partitions, parts.metrics);
  }

  /** The partitions' queues, for the operators' board. */
  get queues(): Queue[] {
    return this.#partitions.map((partition) => partition.queue);
  }

  /**
   * Queues a request. Resolves when Redis has it for good.
   *
   * @throws {ProblemError} queue_full, queue_unavailable, idempotency_mismatch
   */
  submit(draft: Draft, options: SubmitOptions): Promise<Submitted> {
    const { forming } = this.#partitionOf(draft.show_id);
    if (forming.length >= formingLimit) return Promise.reject(queueFull());
    return new Promise((resolve, reject) => {
      forming.push({ since: performance.now(), draft, options, resolve, reject });
      this.#flush();
    });
  }

  /** Waits for the outcome of a job that was queued earlier; null when it does not come in time. */
  async wait(id: string, forMs: number): Promise<Outcome | null> {
    const waiting = this.#inbox.wait(id, forMs);
    const job = await this.find(id); // it may have been decided before we began to wait
    return job?.outcome ?? waiting;
  }

  /** Finds a request by its id, wherever it stands; null when the queue does not know it (any more). */
  async find(id: string): Promise<QueuedJob | null> {
    const envelopeId = readBookingId(id)?.envelopeId;
    return (envelopeId && (await this.#findEnvelope(envelopeId)).get(id)) || null;
  }

  /** Tells how a request stands, until its outcome and as long as the watcher likes; gives what ends it. */
  watch(id: string, watcher: JobWatcher): () => void {
    return this.#watch.add(id, watcher);
  }

  /** Each partition as it stands now, whichever gateway and worker it is served by. */
  look(): Promise<PartitionLook[]> {
    return unlessAway(() => Promise.all(this.#partitions.map((partition) => partition.look())));
  }

  /** Forgets the Idempotency-Key of a request that was never accepted. */
  forgetKey(draft: Draft, idempotency: { key: string; fingerprint: string }, id: string): Promise<void> {
    return unlessAway(() => this.#keys.forget({ userId: draft.user_id, ...idempotency, id }));
  }

  /** Answers everyone who waits for an outcome; what is queued stays queued. */
  async stopWaiting(): Promise<void> {
    this.#inbox.close();
    this.#watch.close();
  }

  async close(): Promise<void> {
    await Promise.all(this.queues.map((queue) => queue.close()));
  }

  #partitionOf(showId: number): PartitionQueue {
    const partition = this.#partitions[partitionOf(showId, this.#partitions.length)];
    if (!partition) throw new Error(`show ${showId} has no partition`);
    return partition;
  }

  #flush(): void {
    if (!this.#flushing) void this.#sendRounds();
  }

  /** One round after the other until nothing is due; each sends one job per partition. */
  async #sendRounds(): Promise<void> {
    this.#flushing = true;
    await endOfTick(); // what arrived in the same breath rides along
    for (let due = this.#due(); due.length > 0; due = this.#due()) {
      await Promise.all(due.map((partition) => this.#send(partition)));
    }
    this.#flushing = false;
    if (this.#nextFlush || !this.#partitions.some((partition) => partition.forming.length > 0)) return;
    this.#nextFlush = setTimeout(() => {
      this.#nextFlush = null;
      this.#flush();
    }, gatherMs);
  }

  /**
   * The partitions whose next envelope should go now. They go together, because what a worker has in
   * hand from all its partitions it decides in one turn.
   */
  #due(): PartitionQueue[] {
    const forming = this.#partitions.filter((partition) => partition.forming.length > 0);
    const eldest = Math.min(...forming.map((partition) => partition.forming[0]?.since ?? 0));
    // Decisions are slower than our patience, or their messages were lost: nothing to wait for.
    if (performance.now() - eldest >= gatherMs) this.#undecided.clear();
    if (this.#undecided.size < undecidedLimit) return forming;
    return forming.filter((partition) => partition.forming.length >= envelopeLimit);
  }

  /** The worker has decided an envelope: the next round may be due. */
  #decided(envelopeId: string): void {
    if (this.#undecided.delete(envelopeId) && this.#undecided.size < undecidedLimit) this.#flush();
  }

  async #send(partition: PartitionQueue): Promise<void> {
    const envelopeId = newEnvelopeId(partition.number);
    const placed = partition.forming
      .splice(0, envelopeLimit)
      .map((entry, place): Placed => ({ ...entry, id: requestId(envelopeId, entry.draft.show_id, place) }));
    let sent = false;
    try {
      if (partition.waitingJobs >= this.#limit && (await partition.countWaiting()) >= this.#limit) throw queueFull();
      const { fresh, repeats } = await this.#claimKeys(placed);
      sent = fresh.length > 0;
      if (sent) await this.#add(partition, envelopeId, fresh);
      for (const { entry, id } of repeats) entry.resolve({ status: 'repeat', id });
    } catch (error) {
      if (!(error instanceof ProblemError))
        this.#logger.warn({ reason: (error as Error).message, requests: placed.length }, 'cannot queue');
      for (const entry of placed)
        entry.reject(error instanceof ProblemError ? error : queueUnavailable(error, sent ? entry.id : undefined));
    }
  }

  /** Parts the requests whose Idempotency-Key is known already from those that are to be queued. */
  async #claimKeys(placed: Placed[]): Promise<{ fresh: Placed[]; repeats: { entry: Placed; id: string }[] }> {
    const keyed = placed.flatMap((entry) =>
      entry.options.idempotency
        ? [{ entry, request: { userId: entry.draft.user_id, ...entry.options.idempotency, id: entry.id } }]
        : [],
    );
    if (keyed.length === 0) return { fresh: placed, repeats: [] };
    const claims = await this.#keys.claim(keyed.map(({ request }) => request));
    const repeats: { entry: Placed; id: string }[] = [];
    const out = new Set<Placed>();
    for (const [index, { entry }] of keyed.entries()) {
      const claim = claims[index];
      if (!claim || claim.status === 'new') continue;
      out.add(entry);
      if (claim.status === 'repeat') repeats.push({ entry, id: claim.id });
      else
        entry.reject(
          new ProblemError(
            'idempotency_mismatch',
            'This Idempotency-Key was used for another request. Use a new key for a new request.',
          ),
        );
    }
    return { fresh: placed.filter((entry) => !out.has(entry)), repeats };
  }

  async #add(partition: PartitionQueue, envelopeId: string, placed: Placed[]): Promise<void> {
    const requests = placed.map(({ draft, id }): BookingRequest => ({ ...draft, id }));
    // Before the add: the outcome can be here before the add's own answer.
    const outcomes = placed.map(({ id, options }) => this.#inbox.wait(id, options.waitMs));
    this.#undecided.add(envelopeId);
    const [waiting] = await Promise.all([
      partition.countWaiting(),
      partition.add(envelopeId, { requests, reply_to: this.#inbox.channel }),
    ]);
    this.#sizes.observe(requests.length);
    const before = partition.requestsIn(waiting);
    for (const [index, entry] of placed.entries()) {
      entry.resolve({
        status: 'queued',
        id: entry.id,
        position: before + index + 1,
        outcome: outcomes[index] ?? Promise.resolve(null),
      });
    }
  }

  /** How the requests of an envelope stand, by id; none when the queue does not know it (any more). */
  async #findEnvelope(envelopeId: string): Promise<Map<string, QueuedJob>> {
    const partition = this.#partitions[partitionIn(envelopeId)];
    if (!partition) return new Map();
    const [job, ahead] = await unlessAway(() =>
      Promise.all([partition.findJob(envelopeId), partition.jobsAhead(envelopeId)]),
    );
    const outcomes = new Map(job?.outcomes?.map((outcome) => [outcome.id, outcome]));
    const standing = (request: BookingRequest, index: number): QueuedJob => {
      const outcome = outcomes.get(request.id) ?? null;
      if (outcome || job?.finished) return { request, status: outcome ? 'decided' : 'failed', position: 0, outcome };
      return ahead === null
        ? { request, status: 'active', position: index + 1, outcome }
        : { request, status: 'queued', position: partition.requestsIn(ahead) + index + 1, outcome };
    };
    return new Map(job?.requests.map((request, index) => [request.id, standing(request, index)]));
  }

  async #findOutcomes(envelopeId: string): Promise<Outcomes | null> {
    const job = await this.#partitions[partitionIn(envelopeId)]?.findJob(envelopeId);
    return job?.outcomes ?? null;
  }
}

function queueFull(): ProblemError {
  return new ProblemError(
    'queue_full',
    'So many requests are waiting that no more are taken for now. Nothing was accepted: try again in a moment.',
    { retryAfterSeconds: 2 },
  );
}

/** @param jobId set when the request may have been accepted all the same */
function queueUnavailable(cause: unknown, jobId?: string): ProblemError {
  const detail = jobId
    ? 'The queue did not confirm the request; it may have been accepted all the same. Look at the job, or try again with the same Idempotency-Key.'
    : 'The queue does not answer. Nothing was accepted: try again in a moment.';
  return new ProblemError('queue_unavailable', detail, {
    cause,
    retryAfterSeconds: 1,
    ...(jobId && { job_id: jobId }),
  });
}

async function unlessAway<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw queueUnavailable(error);
  }
}
