import {
  type BookingRequest,
  type BookRequest,
  type CancelRequest,
  type Envelope,
  envelopeName,
  type Outcome,
  type Outcomes,
} from '@boxoffice/shared/contracts/jobs';
import { queueName } from '@boxoffice/shared/partition';
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { Gauge, type Registry } from 'prom-client';

/** Requests of one partition that may wait in this process for their envelope. */
export const formingLimit = 20_000;

/** A request before it has its id. */
export type Draft = Omit<BookRequest, 'id'> | Omit<CancelRequest, 'id'>;

export interface SubmitOptions {
  /** How long the caller wants to wait for the outcome, in milliseconds; 0: not at all. */
  waitMs: number;
  idempotency?: { key: string; fingerprint: string } | undefined;
}

/** What became of a submitted request: queued under `id`, or known as the job `id` since an earlier try. */
export type Submitted =
  | { status: 'queued'; id: string; position: number; outcome: Promise<Outcome | null> }
  | { status: 'repeat'; id: string };

/** A submitted request that has no place yet. */
export interface Entry {
  since: number;
  draft: Draft;
  options: SubmitOptions;
  resolve: (submitted: Submitted) => void;
  reject: (error: unknown) => void;
}

/** Decisions are looked at that are no older than this, in milliseconds, and no more than so many of a partition. */
const recentMs = 60_000;
const recentLimit = 20;

/** A partition as it stands. */
export interface PartitionLook {
  partition: number;
  waiting_jobs: number;
  oldest_seconds: number;
  /** How long the last jobs that were decided took from being added, in milliseconds. */
  decisionMs: number[];
}

/** One partition's queue, and the requests that wait in this process for their place in it. */
export class PartitionQueue {
  readonly number: number;
  readonly forming: Entry[] = [];
  readonly queue: Queue;
  /** Jobs that waited when last asked. */
  waitingJobs = 0;
  readonly #redis: Redis;
  /** Requests in a job on average, lately: turns jobs ahead into requests ahead. */
  #meanSize = 1;

  constructor(number: number, redis: Redis) {
    this.number = number;
    this.#redis = redis;
    // Redis may be away while this starts; with the two skips every call fails at once then, instead of never.
    this.queue = new Queue(queueName(number), { connection: redis, skipWaitingForReady: true, skipVersionCheck: true });
    this.queue.on('error', () => undefined); // the connection logs its own outages
  }

  async add(envelopeId: string, envelope: Envelope): Promise<void> {
    this.#meanSize += (envelope.requests.length - this.#meanSize) / 16;
    await this.queue.add(envelopeName(envelope.requests), envelope, { jobId: envelopeId });
  }

  async countWaiting(): Promise<number> {
    this.waitingJobs = await this.#redis.llen(this.queue.toKey('wait'));
    return this.waitingJobs;
  }

  /** Jobs before this one in the line, or null when it does not wait. */
  async jobsAhead(envelopeId: string): Promise<number | null> {
    // Jobs enter at the left and leave at the right.
    return this.#redis.lpos(this.queue.toKey('wait'), envelopeId, 'RANK', -1).then(async (index) => {
      return index === null ? null : (await this.countWaiting()) - 1 - Number(index);
    });
  }

  requestsIn(jobs: number): number {
    return Math.round(Math.max(jobs, 0) * this.#meanSize);
  }

  /** An envelope with what became of it, or null when the queue does not know it (any more). */
  async findJob(
    envelopeId: string,
  ): Promise<{ requests: BookingRequest[]; outcomes: Outcomes | null; finished: boolean } | null> {
    const job: Job<Envelope, Outcomes | undefined> | undefined = await this.queue.getJob(envelopeId);
    if (!job) return null;
    return { requests: job.data.requests, outcomes: job.returnvalue ?? null, finished: job.finishedOn !== undefined };
  }

  /** How long the job at the head has waited. */
  async oldestSeconds(): Promise<number> {
    const [oldest] = await this.queue.getWaiting(-1, -1);
    return oldest ? Math.max(Date.now() - oldest.timestamp, 0) / 1_000 : 0;
  }

  async look(): Promise<PartitionLook> {
    const [waiting_jobs, oldest_seconds, decisionMs] = await Promise.all([
      this.countWaiting(),
      this.oldestSeconds(),
      this.#recentDecisionsMs(),
    ]);
    return { partition: this.number, waiting_jobs, oldest_seconds, decisionMs };
  }

  async #recentDecisionsMs(): Promise<number[]> {
    const ids = await this.#redis.zrevrangebyscore(
      this.queue.toKey('completed'),
      '+inf',
      Date.now() - recentMs,
      'LIMIT',
      0,
      recentLimit,
    );
    // Not the whole jobs: each carries its requests.
    const times = await Promise.all(
      ids.map((id) => this.#redis.hmget(this.queue.toKey(id), 'timestamp', 'finishedOn')),
    );
    return times.flatMap(([added, finished]) =>
      added && finished ? [Math.max(Number(finished) - Number(added), 0)] : [],
    );
  }
}

/** How much waits in each queue, and for how long; asked when the metrics are. */
export function measureDepth(partitions: PartitionQueue[], metrics: Registry): void {
  const gauge = (name: string, help: string, measure: (partition: PartitionQueue) => Promise<number>) =>
    new Gauge({
      name,
      help,
      labelNames: ['partition'],
      registers: [metrics],
      async collect() {
        const set = async (partition: PartitionQueue) =>
          this.set({ partition: partition.number }, await measure(partition));
        // While Redis is away there is no figure, rather than an old one.
        await Promise.all(partitions.map(set)).catch(() => this.reset());
      },
    });
  gauge('booking_queue_jobs', 'Jobs that wait, by partition', (partition) => partition.countWaiting());
  gauge('booking_queue_oldest_seconds', 'How long the job at the head has waited, by partition', (partition) =>
    partition.oldestSeconds(),
  );
}
