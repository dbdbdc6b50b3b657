/**
 * Everything Boxoffice knows about how BullMQ lays out a queue in Redis, including what BullMQ does not
 * document. BullMQ's version is pinned exactly, and queue-layout.test.ts pins the behaviour: run it before
 * every upgrade.
 *
 *   wait       list of job ids; jobs enter on the left and leave on the right, so the head is on the right
 *   active     list of job ids; a job that is handed to a worker enters on the left
 *   completed  sorted set of job ids, scored by the time they finished in milliseconds
 *   <job id>   hash of the job: `timestamp` (when it was added), `finishedOn`, `data`, `returnvalue`, …
 */
import { type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { type BookingRequest, type Envelope, envelopeName, type Outcomes } from './contracts/jobs.ts';
import { queueName } from './partition.ts';

export type EnvelopeJob = Job<Envelope, Outcomes>;
export type EnvelopeWorker = Worker<Envelope, Outcomes>;

/** BullMQ's own lock must never expire: the partition's lease decides who may work on it. */
const lockMs = 24 * 60 * 60 * 1_000;
/** BullMQ accepts this token for a job that is locked under any other. Undocumented. */
const anyLockToken = '0';

/** A rejection stays answerable for a day. Age and count are both set, so that Redis' memory is bounded too. */
const retention = {
  removeOnComplete: { age: 24 * 60 * 60, count: 5_000 },
  removeOnFail: { age: 7 * 24 * 60 * 60, count: 1_000 },
};

/** An envelope as the queue holds it. `outcomes` is null until it is decided, and when it failed. */
export interface StoredEnvelope {
  requests: BookingRequest[];
  outcomes: Outcomes | null;
  finished: boolean;
}

/** The queue of one partition: one BullMQ job per envelope, whose id is the envelope's. */
export class EnvelopeQueue {
  /** For the operators' board. */
  readonly bull: Queue;
  readonly #redis: Redis;

  /**
   * @param options.failFast makes calls fail while Redis is unreachable. Without it, a queue that is
   *   opened during an outage may wait for ever.
   */
  constructor(partition: number, redis: Redis, { failFast = false }: { failFast?: boolean } = {}) {
    this.#redis = redis;
    this.bull = new Queue(queueName(partition), {
      connection: redis,
      skipWaitingForReady: failFast,
      skipVersionCheck: failFast,
    });
    this.bull.on('error', () => undefined); // the connection logs its own outages
  }

  async add(envelopeId: string, envelope: Envelope): Promise<void> {
    await this.bull.add(envelopeName(envelope.requests), envelope, { jobId: envelopeId });
  }

  /** Finds an envelope, or null when the queue does not know it or has already removed it. */
  async find(envelopeId: string): Promise<StoredEnvelope | null> {
    const job: Job<Envelope, Outcomes | undefined> | undefined = await this.bull.getJob(envelopeId);
    if (!job) return null;
    return { requests: job.data.requests, outcomes: job.returnvalue ?? null, finished: job.finishedOn !== undefined };
  }

  /** Counts the waiting jobs. */
  countWaiting(): Promise<number> {
    return this.#redis.llen(this.bull.toKey('wait'));
  }

  /** Counts the waiting jobs ahead of this one; null when it is not waiting. */
  async countAhead(envelopeId: string): Promise<number | null> {
    // Searching from the right finds jobs near the head first.
    const index = await this.#redis.lpos(this.bull.toKey('wait'), envelopeId, 'RANK', -1);
    return index === null ? null : (await this.countWaiting()) - 1 - Number(index);
  }

  /** When the job at the head was added, in milliseconds since 1970; null when none is waiting. */
  async oldestWaitingSince(): Promise<number | null> {
    const [oldest] = await this.bull.getWaiting(-1, -1);
    return oldest?.timestamp ?? null;
  }

  /** Ids of the envelopes that were handed out and are not finished, newest first. */
  activeIds(): Promise<string[]> {
    return this.#redis.lrange(this.bull.toKey('active'), 0, -1);
  }

  /**
   * Returns every envelope that was handed out and not finished to the head of the queue, in its original
   * order, whoever holds its lock. Only for the owner of the partition's lease: nobody else is working on
   * it then.
   *
   * @returns the ids of the envelopes, newest first
   */
  async takeBackActive(): Promise<string[]> {
    await this.bull.waitUntilReady();
    // Each goes to the head, so the oldest must be the last.
    const newestFirst = await this.bull.getJobs(['active'], 0, -1, false);
    for (const job of newestFirst) await job.moveToWait(anyLockToken);
    return newestFirst.map((job) => job.id ?? '');
  }

  /**
   * How long recently finished envelopes took from being added, in milliseconds.
   *
   * @param withinMs considers those that finished this recently
   * @param limit at most this many, the latest
   */
  async recentDecisionsMs({ withinMs, limit }: { withinMs: number; limit: number }): Promise<number[]> {
    const since = Date.now() - withinMs;
    const ids = await this.#redis.zrevrangebyscore(this.bull.toKey('completed'), '+inf', since, 'LIMIT', 0, limit);
    // Two fields rather than whole jobs, which carry their requests.
    const times = await Promise.all(ids.map((id) => this.#redis.hmget(this.bull.toKey(id), 'timestamp', 'finishedOn')));
    return times.flatMap(([added, finished]) =>
      added && finished ? [Math.max(Number(finished) - Number(added), 0)] : [],
    );
  }

  /** Starts to take envelopes out of the queue, one at a time and in order. Only for the owner of the lease. */
  openWorker(process: (job: EnvelopeJob) => Promise<Outcomes>): EnvelopeWorker {
    return new Worker(this.bull.name, process, {
      connection: this.#redis,
      concurrency: 1,
      lockDuration: lockMs,
      skipStalledCheck: true,
      ...retention,
    });
  }

  close(): Promise<void> {
    return this.bull.close();
  }
}
