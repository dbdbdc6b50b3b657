import { setTimeout as delay } from 'node:timers/promises';
import { type EnvelopeSummary, isUnderstood, type Outcome } from '@boxoffice/shared/contracts/jobs';
import { type EnvelopeJob, EnvelopeQueue, type EnvelopeWorker } from '@boxoffice/shared/queue-layout';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { UnrecoverableError, WaitingError } from 'bullmq';
import type { Lease } from './leases/leases.ts';
import type { TurnMetrics } from './metrics.ts';
import { logOutcomes, publishOutcomes } from './publish-outcomes.ts';
import { QueueWatch } from './queue-watch.ts';
import type { Turns } from './turn.ts';

/** The consumer counts as stuck when a job has waited for this long without any progress, in milliseconds. */
const stuckAfterMs = 5_000;
/** How many times in a row a worker is replaced before the partition is given up. */
const replacementLimit = 2;
/** The result of a job that no longer belongs to us: it never settles, so BullMQ records nothing for it. */
const neverSettles = new Promise<never>(() => undefined);

export interface ConsumerDependencies {
  redis: RedisClient;
  turns: Pick<Turns, 'decide'>;
  metrics: TurnMetrics;
  logger: Logger;
  /**
   * Called when envelopes are waiting but this process cannot fetch them: another worker may be able to. Returns whether the
   * partition is given up.
   */
  giveUp: () => boolean;
  /**
   * Called with an envelope that only a worker of a later release understands. This consumer decides nothing more,
   * because everything that waits is behind that envelope.
   *
   * @param isStillThere whether the envelope is still undecided
   */
  refuse: (envelopeId: string, isStillThere: () => Promise<boolean>) => void;
  /** The newest envelope version that this worker understands; by default this release's. */
  newestVersion?: number;
  /** Called when the connection on which the worker waits for envelopes is ready. */
  onReady: () => void;
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
  readonly #watch: QueueWatch;
  #worker: EnvelopeWorker | null = null;
  /** Whether both connections of the worker have been ready. */
  #workerReady = false;
  /** Consecutive replacements that did not help. */
  #replacements = 0;
  #stopped = false;
  #progressAt = Date.now();

  /** Starts immediately; while Redis is unreachable it waits. */
  constructor(lease: Lease, dependencies: ConsumerDependencies) {
    this.#lease = lease;
    this.#dependencies = dependencies;
    this.#logger = dependencies.logger.child({ partition: lease.partition });
    this.#queue = new EnvelopeQueue(lease.partition, dependencies.redis);
    this.#started = this.#start();
    this.#watch = new QueueWatch(this.#queue, {
      currentId: () => this.#currentId,
      onStray: (envelope) => this.#replaceWorker(envelope, 'envelope was handed out but never received'),
      onUnfetched: (envelope) => this.#replaceWorker(envelope, 'envelope is not fetched'),
    });
  }

  /** Stops once the current envelope has been decided and recorded. */
  async close(): Promise<void> {
    this.#stopped = true;
    this.#watch.stop();
    await this.#started;
    await this.#worker?.close();
    await this.#deciding;
    await this.#queue.close();
  }

  /** Stops immediately. The current envelope stays in the queue's active list, for the next owner. */
  abandon(): void {
    this.#stopped = true;
    this.#watch.stop();
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
        this.#logger.warn({ reason: (error as Error).message }, 'cannot start serving the partition yet');
        await delay(250);
      }
    }
  }

  /**
   * Replaces the worker, because envelopes are handed out but not received, or not even fetched. The former
   * happens when the response to a command that took an envelope is lost, and when a former owner takes one.
   * Otherwise it is the worker's own connection, when the other end accepted it but never answers: BullMQ waits
   * for ever then. If new workers do not help, this process gives the partition up, if there is another to serve it.
   */
  #replaceWorker(envelope: string, reason: string): void {
    if (this.#stopped || !this.#worker) return;
    this.#logger.warn({ envelope }, reason);
    if (this.#replacements >= replacementLimit && this.#dependencies.giveUp()) {
      this.#logger.warn('reconnecting does not help: giving up the partitions');
      return;
    }
    this.#replacements++;
    this.suspend();
    this.resume();
  }

  #openWorker(): EnvelopeWorker {
    const process = async (job: EnvelopeJob): Promise<EnvelopeSummary> => {
      // On a cluster this may reject. Then the result is unknown, and the job must not fail because of it.
      const isNext = await this.#isNext(job).catch(() => false);
      if (worker !== this.#worker) return neverSettles; // it arrived while we were suspending, and will be taken back
      if (!isNext) {
        this.#logger.warn({ envelope: job.id }, 'envelope is not the only one handed out: taking all of them back');
        this.suspend();
        this.resume();
        throw new WaitingError(); // leaves the envelope alone
      }
      if (!isUnderstood(job.data, this.#dependencies.newestVersion)) {
        this.#refuse(job);
        throw new WaitingError(); // it stays in the active list, from which the next owner takes it back
      }
      const deciding = this.#decide(job);
      this.#deciding = deciding.catch(() => undefined);
      return deciding;
    };
    this.#workerReady = false;
    const worker = this.#queue.openWorker(process);
    worker.on('ready', () => {
      if (worker !== this.#worker) return;
      this.#workerReady = true;
      this.#dependencies.onReady();
    });
    worker.on('error', (error) => this.#logger.debug({ reason: error.message }, 'queue error'));
    const countDecided = (job: EnvelopeJob | undefined) =>
      void this.#queue.countDecided(job?.data.requests.length ?? 0).catch(() => undefined);
    worker.on('completed', countDecided).on('failed', countDecided);
    worker.on('drained', () => void this.#queue.settleCounts().catch(() => undefined));
    return worker;
  }

  #refuse({ id = '', data }: EnvelopeJob): void {
    const kinds = [...new Set(data.requests.map(({ kind }) => kind))];
    this.#logger.error(
      { envelope: id, version: data.version, kinds },
      'the next envelope is from a later release: its partition waits for a worker that understands it',
    );
    this.#stopped = true;
    this.#watch.stop();
    this.suspend();
    this.#dependencies.refuse(id, async () => (await this.#queue.find(id))?.finished === false);
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
    if (this.#workerReady) this.#replacements = 0;
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
