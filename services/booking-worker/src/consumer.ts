import { setTimeout as delay } from 'node:timers/promises';
import type { EnvelopeSummary, Outcome } from '@boxoffice/shared/contracts/jobs';
import { type EnvelopeJob, EnvelopeQueue, type EnvelopeWorker } from '@boxoffice/shared/queue-layout';
import type { Logger } from '@boxoffice/shared/service/logging';
import { UnrecoverableError, WaitingError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Lease } from './leases/leases.ts';
import type { TurnMetrics } from './metrics.ts';
import { logOutcomes, publishOutcomes } from './publish-outcomes.ts';
import type { Turns } from './turn.ts';

/** How often a consumer checks for stray envelopes: handed out by Redis, but received by nobody; in milliseconds. */
const strayCheckEveryMs = 1_000;
/** A job that waits for this long without any progress means that the consumer is stuck, in milliseconds. */
const stuckAfterMs = 5_000;
/** The result of a job that is no longer ours: it never settles, so BullMQ records nothing for it. */
const neverSettles = new Promise<never>(() => undefined);

export interface ConsumerDependencies {
  redis: Redis;
  turns: Turns;
  metrics: TurnMetrics;
  logger: Logger;
}

/** Takes the envelopes of one partition out of its queue, one at a time and in order. */
export class PartitionConsumer {
  readonly #lease: Lease;
  readonly #dependencies: ConsumerDependencies;
  readonly #logger: Logger;
  readonly #queue: EnvelopeQueue;
  #started: Promise<void>;
  /** Settles when the current envelope is decided. */
  #deciding: Promise<unknown> = Promise.resolve();
  #currentId: string | undefined;
  #strayId: string | undefined;
  readonly #strayTimer: NodeJS.Timeout;
  #worker: EnvelopeWorker | null = null;
  #stopped = false;
  #progressAt = Date.now();

  /** Starts immediately; while Redis is unreachable it waits. */
  constructor(lease: Lease, dependencies: ConsumerDependencies) {
    this.#lease = lease;
    this.#dependencies = dependencies;
    this.#logger = dependencies.logger.child({ partition: lease.partition });
    this.#queue = new EnvelopeQueue(lease.partition, dependencies.redis);
    this.#started = this.#start();
    this.#strayTimer = setInterval(() => void this.#checkForStray().catch(() => undefined), strayCheckEveryMs).unref();
  }

  /** Waits until the current envelope is decided and recorded, then stops. */
  async close(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#strayTimer);
    await this.#started;
    await this.#worker?.close();
    await this.#deciding;
    await this.#queue.close();
  }

  /** Stops immediately. The current envelope stays in the queue's active list, for the next owner. */
  abandon(): void {
    this.#stopped = true;
    clearInterval(this.#strayTimer);
    this.suspend();
    this.#queue.close().catch(() => undefined);
  }

  /**
   * Takes no more envelopes: Redis is unreachable, and may have handed out an envelope that never arrived
   * here. Those behind it must not be decided before it.
   */
  suspend(): void {
    this.#worker?.close(true).catch(() => undefined);
    this.#worker = null;
  }

  /** Continues after an outage of Redis, beginning with the envelopes that it has handed out and that are not finished. */
  resume(): void {
    this.#started = this.#started.then(() => this.#start());
  }

  /**
   * For the readiness probe: proves that waiting envelopes are taken.
   *
   * @throws when an envelope has waited for seconds without any progress
   */
  async check(): Promise<void> {
    const oldestSince = await this.#queue.oldestWaitingSince();
    const now = Date.now();
    const idleMs = now - this.#progressAt;
    if (oldestSince !== null && now - oldestSince > stuckAfterMs && idleMs > stuckAfterMs) {
      throw new Error(`partition ${this.#lease.partition} has waited for ${Math.round(idleMs / 1_000)} s`);
    }
  }

  /** Takes back the envelopes handed out to the previous owner or to us and not finished, then opens a worker. */
  async #start(): Promise<void> {
    await this.#deciding;
    while (!this.#stopped && !this.#worker) {
      try {
        for (const envelope of await this.#queue.takeBackActive())
          this.#logger.warn({ envelope }, 'envelope taken back');
        if (!this.#stopped) this.#worker = this.#openWorker();
        return;
      } catch (error) {
        this.#logger.warn({ reason: (error as Error).message }, 'cannot start to serve the partition yet');
        await delay(250);
      }
    }
  }

  /**
   * The last command of a closed worker can still make Redis hand out an envelope, to nobody, when Redis
   * or the connection recovers. An envelope that stays active for a second without being the current one
   * is taken back.
   */
  async #checkForStray(): Promise<void> {
    const active = await this.#queue.activeIds();
    const strayId = active.find((envelopeId) => envelopeId !== this.#currentId);
    if (strayId !== undefined && strayId === this.#strayId && this.#worker && !this.#stopped) {
      this.#logger.warn({ envelope: strayId }, 'envelope was handed out but never received');
      this.suspend();
      this.resume();
    }
    this.#strayId = strayId;
  }

  #openWorker(): EnvelopeWorker {
    const process = async (job: EnvelopeJob): Promise<EnvelopeSummary> => {
      const isNext = await this.#isNext(job);
      if (worker !== this.#worker) return neverSettles; // it arrived as we suspended, and will be taken back
      if (!isNext) {
        this.#logger.warn({ envelope: job.id }, 'envelope is not the only one handed out: all are taken back');
        this.suspend();
        this.resume();
        throw new WaitingError(); // leaves the envelope alone
      }
      const deciding = this.#decide(job);
      this.#deciding = deciding.catch(() => undefined);
      return deciding;
    };
    const worker = this.#queue.openWorker(process);
    worker.on('error', (error) => this.#logger.debug({ reason: error.message }, 'queue error'));
    const countDecided = (job: EnvelopeJob | undefined) =>
      void this.#queue.countDecided(job?.data.requests.length ?? 0).catch(() => undefined);
    worker.on('completed', countDecided).on('failed', countDecided);
    worker.on('drained', () => void this.#queue.settleCounts().catch(() => undefined));
    return worker;
  }

  /**
   * Whether this envelope is the oldest that is not finished. A former owner that wakes up after a freeze
   * takes an envelope out of the queue before it learns that its lease is gone. Whatever is ahead of ours was
   * handed out before ours and is still active, so ours must be the only one.
   */
  async #isNext({ id }: EnvelopeJob): Promise<boolean> {
    const active = await this.#queue.activeIds();
    return active.length === 1 && active[0] === id;
  }

  async #decide({ id, data }: EnvelopeJob): Promise<EnvelopeSummary> {
    const { redis, turns, metrics } = this.#dependencies;
    this.#progressAt = Date.now();
    this.#currentId = id;
    metrics.envelope(data.requests.length);
    const outcomes = await turns.decide(data.requests, this.#lease);
    this.#progressAt = Date.now();
    this.#currentId = undefined;
    publishOutcomes(redis, data, outcomes);
    logOutcomes(this.#logger, data, outcomes);
    const summary = summarize(outcomes);
    if (summary.failed === outcomes.length) throw new UnrecoverableError('none of the requests could be decided');
    return summary;
  }
}

function summarize(outcomes: readonly Outcome[]): EnvelopeSummary {
  const summary: EnvelopeSummary = {};
  for (const { status } of outcomes) summary[status] = (summary[status] ?? 0) + 1;
  return summary;
}
