import { setTimeout as delay } from 'node:timers/promises';
import { type Envelope, type Outcomes, seatsChangedChannel } from '@boxoffice/shared/contracts/jobs';
import { queueName } from '@boxoffice/shared/partition';
import type { Logger } from '@boxoffice/shared/service/logging';
import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Lease } from './leases/leases.ts';
import type { TurnMetrics } from './metrics.ts';
import type { Turns } from './turn.ts';

/** How often a consumer looks for envelopes that were handed out and reached nobody, in milliseconds. */
const strayEveryMs = 1_000;
/** A job that waits this long while nothing moves means that the consumer is stuck, in milliseconds. */
const stuckAfterMs = 5_000;
/** BullMQ's own lock must never run out: who may work on a partition is decided by its lease. */
const bullLockMs = 24 * 60 * 60 * 1_000;
/** What a job is answered that is not ours to answer any more: never anything. */
const leftToNext = new Promise<never>(() => undefined);

export interface ConsumerParts {
  redis: Redis;
  turns: Turns;
  metrics: TurnMetrics;
  logger: Logger;
}

/** Takes the envelopes of one partition out of its queue, one at a time and in order. */
export class PartitionConsumer {
  readonly #lease: Lease;
  readonly #parts: ConsumerParts;
  readonly #logger: Logger;
  readonly #queue: Queue<Envelope, Outcomes>;
  #started: Promise<void>;
  /** Settles when the envelope in hand is decided. */
  #inHand: Promise<unknown> = Promise.resolve();
  #inHandId: string | undefined;
  #stray: string | undefined;
  readonly #strayTimer: NodeJS.Timeout;
  #worker: Worker<Envelope, Outcomes> | null = null;
  #stopped = false;
  #movedAt = Date.now();

  /** Begins at once; while Redis is away it waits. */
  constructor(lease: Lease, parts: ConsumerParts) {
    const { partition } = lease;
    this.#lease = lease;
    this.#parts = parts;
    this.#logger = parts.logger.child({ partition });
    this.#queue = new Queue(queueName(partition), { connection: parts.redis });
    this.#queue.on('error', () => undefined); // the connection logs its own outages
    this.#started = this.#start();
    this.#strayTimer = setInterval(() => void this.#findStray().catch(() => undefined), strayEveryMs).unref();
  }

  /** Lets the envelope in hand be decided and recorded, then lets go. */
  async close(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#strayTimer);
    await this.#started;
    await this.#worker?.close();
    await this.#inHand;
    await this.#queue.close();
  }

  /** Lets go at once. An envelope in hand stays in the queue's active list, for the next owner. */
  abandon(): void {
    this.#stopped = true;
    clearInterval(this.#strayTimer);
    this.suspend();
    this.#queue.close().catch(() => undefined);
  }

  /**
   * Takes nothing more: Redis is gone, and may have handed an envelope out that never got here. What
   * comes after it must not be decided before it.
   */
  suspend(): void {
    this.#worker?.close(true).catch(() => undefined);
    this.#worker = null;
  }

  /** Goes on once Redis is back, with what it has handed out and does not see answered. */
  resume(): void {
    this.#started = this.#started.then(() => this.#start());
  }

  /**
   * For the readiness probe: proves that what waits is taken.
   *
   * @throws when an envelope has waited for seconds and nothing has moved
   */
  async check(): Promise<void> {
    const [oldest] = await this.#queue.getWaiting(-1, -1);
    const now = Date.now();
    if (oldest && now - oldest.timestamp > stuckAfterMs && now - this.#movedAt > stuckAfterMs) {
      throw new Error(
        `partition ${this.#lease.partition} has waited for ${Math.round((now - this.#movedAt) / 1_000)} s`,
      );
    }
  }

  async #start(): Promise<void> {
    await this.#inHand;
    while (!this.#stopped && !this.#worker) {
      try {
        await this.#takeBack();
        if (!this.#stopped) this.#worker = this.#newWorker();
        return;
      } catch (error) {
        this.#logger.warn({ reason: (error as Error).message }, 'cannot take the partition over yet');
        await delay(250);
      }
    }
  }

  /**
   * Returns what was handed out and not answered, to the owner before or to us, to the head of the
   * queue, so that it is decided before anything else. The token '0' passes BullMQ's lock: the lease
   * says that nobody else is at work.
   */
  async #takeBack(): Promise<void> {
    await this.#queue.waitUntilReady();
    const newestFirst = await this.#queue.getJobs(['active'], 0, -1, false);
    for (const job of newestFirst) {
      await job.moveToWait('0');
      this.#logger.warn({ envelope: job.id }, 'envelope taken back');
    }
  }

  /**
   * A closed worker's last command can still hand an envelope out, to nobody, when Redis or the
   * connection comes back: what stays active for a second and is not in hand is taken back.
   */
  async #findStray(): Promise<void> {
    const active = await this.#parts.redis.lrange(this.#queue.toKey('active'), 0, -1);
    const stray = active.find((envelopeId) => envelopeId !== this.#inHandId);
    if (stray !== undefined && stray === this.#stray && this.#worker && !this.#stopped) {
      this.#logger.warn({ envelope: stray }, 'envelope handed out to nobody');
      this.suspend();
      this.resume();
    }
    this.#stray = stray;
  }

  #newWorker(): Worker<Envelope, Outcomes> {
    const decide = (job: Job<Envelope, Outcomes>): Promise<Outcomes> => {
      if (worker !== this.#worker) return leftToNext; // it came as we suspended, and will be taken back
      const deciding = this.#decide(job);
      this.#inHand = deciding.catch(() => undefined);
      return deciding;
    };
    const worker: Worker<Envelope, Outcomes> = new Worker(this.#queue.name, decide, {
      connection: this.#parts.redis,
      concurrency: 1,
      lockDuration: bullLockMs,
      skipStalledCheck: true,
      // A rejection stays answerable for a day; both bounds, so that Redis' memory has one too.
      removeOnComplete: { age: 24 * 60 * 60, count: 5_000 },
      removeOnFail: { age: 7 * 24 * 60 * 60, count: 1_000 },
    });
    worker.on('error', (error) => this.#logger.debug({ reason: error.message }, 'queue error'));
    return worker;
  }

  async #decide(job: Job<Envelope, Outcomes>): Promise<Outcomes> {
    this.#movedAt = Date.now();
    this.#inHandId = job.id;
    const { requests, reply_to } = job.data;
    this.#parts.metrics.envelope(requests.length);
    const outcomes = await this.#parts.turns.decide(requests, this.#lease);
    this.#movedAt = Date.now();
    this.#inHandId = undefined;
    // Committed, so it may be spoken; what gateways remember of these seats ends before anyone hears the outcome.
    // A message that gets lost is made up for by the gateway. Not in a pipeline, which costs more than it saves here.
    const publish = (channel: string, message: unknown) =>
      this.#parts.redis.publish(channel, JSON.stringify(message)).catch(() => undefined);
    const shows = showsOf(outcomes);
    if (shows.length > 0) void publish(seatsChangedChannel, shows);
    void publish(reply_to, outcomes);
    for (const [place, outcome] of outcomes.entries()) {
      const request = requests[place];
      const reason = outcome.status === 'succeeded' ? undefined : outcome.problem.code;
      this.#logger.info(
        {
          reqId: request?.request_id,
          job: outcome.id,
          kind: request?.kind,
          show: request?.show_id,
          status: outcome.status,
          reason,
        },
        'decided',
      );
    }
    if (outcomes.every((outcome) => outcome.status === 'failed'))
      throw new UnrecoverableError('no request of this job could be decided');
    return outcomes;
  }
}

/** The shows whose seats these outcomes may have changed. A second run over what is written names them again. */
function showsOf(outcomes: Outcomes): number[] {
  const shows = outcomes.map((outcome) => (outcome.status === 'succeeded' ? outcome.booking.show_id : null));
  return [...new Set(shows)].filter((show) => show !== null);
}
