/**
 * Everything Boxoffice knows about how BullMQ lays out a queue in Redis, including what BullMQ does not
 * document. BullMQ's version is pinned exactly, and queue-layout.test.ts pins the behaviour: run it before
 * every upgrade.
 *
 *   wait       list of job ids; jobs enter on the left and leave on the right, so the head is on the right
 *   active     list of job ids; a job that is handed to a worker enters on the left
 *   completed  sorted set of job ids, scored by the time they finished in milliseconds
 *   <job id>   hash of the job: `timestamp` (when it was added), `finishedOn`, `data`, `returnvalue`, …, and our
 *              `sequence`: the requests accepted up to the last of this envelope
 *   marker     sorted set; an entry wakes a worker that waits for jobs
 *
 * Under the same prefix and hash tag we keep two counters of requests, from which positions are computed, and the fence
 * against outdated gateways:
 *
 *   accepted   all requests ever added
 *   decided    those whose job has finished; set to `accepted` whenever the queue is empty, which corrects counts that a crash has lost
 *   least      the lowest generation of the partitioning (partitioning.ts) whose envelopes are accepted; only grows
 */
import { Job, Queue } from 'bullmq';
import { type BookingRequest, type Envelope, type EnvelopeSummary, envelopeName } from './contracts/jobs.ts';
import { type EnvelopeJob, EnvelopeWorker } from './envelope-worker.ts';
import { queueName } from './partition.ts';
import { PartitioningOutdated } from './partitioning.ts';
import * as scripts from './queue-scripts.ts';
import type { RedisClient } from './service/redis.ts';
import { QueueTransactions, type Replication } from './service/replicated-transaction.ts';

export type { EnvelopeJob, EnvelopeWorker };

/** BullMQ's own lock must never expire: the partition's lease decides who may work on it. */
const lockMs = 24 * 60 * 60 * 1_000;
/** Finished jobs are for the operators' board only: PostgreSQL keeps the outcomes. */
const retention = {
  removeOnComplete: { age: 60 * 60, count: 100 },
  removeOnFail: { age: 24 * 60 * 60, count: 100 },
};

/** An envelope as the queue holds it. */
export interface StoredEnvelope {
  requests: BookingRequest[];
  finished: boolean;
  /** The undecided requests of earlier envelopes. */
  ahead: number;
}

/** The queue of one partition: one BullMQ job per envelope, whose id is the envelope's. */
export class EnvelopeQueue {
  /** For the operators' board. */
  readonly bull: Queue;
  readonly #redis: RedisClient;
  readonly #transactions: QueueTransactions;

  /**
   * @param redis may be shared
   * @param options.failFast makes calls fail while Redis is unreachable. Without it, a queue that is
   *   opened during an outage may wait for ever.
   * @param options.replication by default an envelope counts as added without any replica
   */
  constructor(
    partition: number,
    redis: RedisClient,
    { failFast = false, replication }: { failFast?: boolean; replication?: Replication | undefined } = {},
  ) {
    this.#redis = redis;
    this.bull = new Queue(queueName(partition), {
      connection: redis,
      skipWaitingForReady: failFast,
      skipVersionCheck: failFast,
    });
    this.bull.on('error', () => undefined); // the connection logs its own outages
    this.#transactions = new QueueTransactions(this.bull, redis, replication);
  }

  /** Prepares for adding envelopes: until the connection for that is ready, `add` fails where replicas are required. */
  openForAdding(): void {
    this.#transactions.open();
  }

  /** Closes the connection for adding envelopes, if there is one. Everything else works as before. */
  closeForAdding(): Promise<void> {
    return this.#transactions.close();
  }

  /**
   * Adds an envelope and counts its requests, in one transaction: positions are exact, across gateways too.
   *
   * @param generation of the partitioning that makes this the queue of its shows
   * @returns the waiting jobs, and the undecided requests ahead of it
   * @throws {PartitioningOutdated} when the queue accepts only later generations; then nothing has been added
   * @throws {NotReplicatedError} when it has been added, but too few replicas have it
   */
  async add(envelopeId: string, envelope: Envelope, generation = 0): Promise<{ waitingJobs: number; ahead: number }> {
    const size = envelope.requests.length;
    const job = new Job(this.bull, envelopeName(envelope.requests), envelope, { jobId: envelopeId }, envelopeId);
    const keys = ['accepted', 'decided', envelopeId, 'least', 'wait'].map((name) => this.bull.toKey(name));
    const results = await this.#transactions.execute((multi) => {
      // This only queues the command. Its result arrives with those of the others.
      void this.bull.backend.addJobToTransaction(multi, job.asJSON(), envelopeId);
      multi.eval(scripts.countAccepted, keys.length, ...keys, size, generation, envelopeId);
      multi.llen(this.bull.toKey('wait'));
    });
    const [, [accepted, decided], waitingJobs] = results as [string, [number, number?], number];
    if (decided === undefined) throw new PartitioningOutdated(accepted);
    return { waitingJobs, ahead: Math.max(accepted - size - decided, 0) };
  }

  /**
   * Waits until as many replicas as required have this envelope.
   *
   * @returns false when the queue does not contain it
   * @throws {NotReplicatedError}
   */
  async confirm(envelopeId: string): Promise<boolean> {
    const key = this.bull.toKey(envelopeId);
    const [touched] = await this.#transactions.execute((multi) => multi.eval(scripts.touch, 1, key));
    return touched === 1;
  }

  /** Waits until as many replicas as required have acknowledged a dummy write. */
  async probeReplicas(): Promise<void> {
    await this.#transactions.execute((multi) => multi.set(this.bull.toKey('probe'), '', 'EX', 60));
  }

  /** Finds an envelope, or null when the queue does not know it or has already removed it. */
  async find(envelopeId: string): Promise<StoredEnvelope | null> {
    const key = this.bull.toKey(envelopeId);
    const [[data, finishedOn, sequence], decided] = await Promise.all([
      this.#redis.hmget(key, 'data', 'finishedOn', 'sequence'),
      this.#redis.get(this.bull.toKey('decided')),
    ]);
    if (!data) return null;
    const { requests } = JSON.parse(data) as Envelope;
    const ahead = Math.max(Number(sequence ?? 0) - requests.length - Number(decided ?? 0), 0);
    return { requests, finished: Boolean(finishedOn), ahead };
  }

  /** Counts the waiting jobs. */
  countWaiting(): Promise<number> {
    return this.#redis.llen(this.bull.toKey('wait'));
  }

  /** From now on, refuses envelopes of generations before this one. */
  async acceptFrom(generation: number): Promise<void> {
    await this.#redis.eval(scripts.raiseLeast, 1, this.bull.toKey('least'), generation);
  }

  /** Counts the envelopes that are not finished. Atomic: none is missed while it moves between the lists. */
  async countUnfinished(): Promise<number> {
    const lists = ['wait', 'active'].map((name) => this.bull.toKey(name));
    return (await this.#redis.eval(scripts.countUnfinished, lists.length, ...lists)) as number;
  }

  /** Whether an envelope waits, rather than being decided. */
  async isWaiting(envelopeId: string): Promise<boolean> {
    // Searching from the right finds jobs near the head first.
    return (await this.#redis.lpos(this.bull.toKey('wait'), envelopeId, 'RANK', -1)) !== null;
  }

  /** When the job at the head was added, in milliseconds since 1970; null when none is waiting. */
  async oldestWaitingSince(): Promise<number | null> {
    const [oldest] = await this.bull.getWaiting(0, 0);
    return oldest?.timestamp ?? null;
  }

  /** The envelope at the head; null when none is waiting. */
  headId(): Promise<string | null> {
    return this.#redis.lindex(this.bull.toKey('wait'), -1);
  }

  /** Ids of the envelopes that were handed out and are not finished, newest first. */
  activeIds(): Promise<string[]> {
    return this.#redis.lrange(this.bull.toKey('active'), 0, -1);
  }

  /**
   * Returns every envelope that was handed out and not finished to the head of the queue, in its original
   * order, whoever holds its lock. An owner that was deciding one of them will find it missing when it is
   * done; it is then decided again, with the recorded outcomes.
   *
   * @returns the ids of the envelopes, newest first
   */
  async takeBackActive(): Promise<string[]> {
    await this.bull.waitUntilReady();
    const keys = ['active', 'wait', 'marker'].map((name) => this.bull.toKey(name));
    return (await this.#redis.eval(scripts.takeBack, keys.length, ...keys, this.bull.toKey(''))) as string[];
  }

  /** Counts requests as decided. Call it when their job has finished. */
  async countDecided(requests: number): Promise<void> {
    await this.#redis.incrby(this.bull.toKey('decided'), requests);
  }

  /** Sets the requests decided to those accepted if the queue is empty, in case a crash has lost a count. */
  async settleCounts(): Promise<void> {
    const keys = ['wait', 'active', 'accepted', 'decided'].map((name) => this.bull.toKey(name));
    await this.#redis.eval(scripts.settleCounts, keys.length, ...keys);
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

  /** The id of the oldest envelope that is not finished; null when all are. Reads all of them. */
  async oldestUnfinishedId(): Promise<string | null> {
    // Atomic: an envelope that moves between the lists would be missed by two separate reads.
    const lists = await this.#redis
      .multi()
      .lrange(this.bull.toKey('wait'), 0, -1)
      .lrange(this.bull.toKey('active'), 0, -1)
      .exec();
    const ids = (lists ?? []).flatMap(([error, list]) => {
      if (error) throw error;
      return list as string[];
    });
    // Not the head: a gateway that was frozen adds an envelope long after it has given it its id.
    return ids.reduce<string | null>((oldest, id) => (oldest === null || id < oldest ? id : oldest), null);
  }

  /** Starts to take envelopes out of the queue, one at a time and in order. Only for the owner of the lease. */
  openWorker(process: (job: EnvelopeJob) => Promise<EnvelopeSummary>): EnvelopeWorker {
    return new EnvelopeWorker(this.bull.name, process, {
      connection: this.#redis,
      concurrency: 1,
      lockDuration: lockMs,
      skipStalledCheck: true,
      runRetryDelay: 250, // after a failed command, which happens only on a cluster
      ...retention,
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.bull.close(), this.#transactions.close()]);
  }
}
