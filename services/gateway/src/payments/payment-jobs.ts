import { isKnownJob } from '@boxoffice/shared/outbox/kinds';
import { type OutboxJob, type PaymentDue, paymentsQueue } from '@boxoffice/shared/outbox/outbox-kind';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { RedisWatch } from '@boxoffice/shared/service/redis-watch';
import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { Settler } from './settler.ts';

/** Payments that one gateway works on at the same time. */
const concurrency = 8;
/** How long a job that this gateway does not understand is left to others before it is offered again, in milliseconds. */
const leftForMs = 5_000;

type PaymentJob = Job<PaymentDue & OutboxJob>;

/** The queue of what the outbox wants to be done about payments. */
export class PaymentJobs {
  /** For the operators' board. */
  readonly queue: Queue;
  readonly #options: { consumer: RedisClient; settler: Pick<Settler, 'settle'>; logger: Logger };
  readonly #watch: RedisWatch;
  #worker: Worker<PaymentDue & OutboxJob> | null = null;

  /**
   * @param options.redis fails fast
   * @param options.consumer waits for Redis
   */
  constructor(options: {
    redis: RedisClient;
    consumer: RedisClient;
    settler: Pick<Settler, 'settle'>;
    logger: Logger;
  }) {
    this.#options = options;
    this.queue = new Queue(paymentsQueue, {
      connection: options.redis,
      skipWaitingForReady: true,
      skipVersionCheck: true,
    });
    this.queue.on('error', () => undefined); // the connection logs its own outages
    this.#watch = new RedisWatch(options.consumer);
  }

  /** Starts to work. A job fails only while the database is unavailable; then it is tried again. */
  start(): void {
    const { consumer, logger } = this.#options;
    this.#watch.start();
    this.#worker = new Worker(paymentsQueue, (job: PaymentJob, token) => this.#work(job, token), {
      connection: consumer,
      concurrency,
      maxStalledCount: 100,
    });
    this.#worker.on('error', (error) => logger.debug({ reason: error.message }, 'queue error'));
    this.#worker.on('failed', (job, error) =>
      logger.warn({ payment: job?.data.payment_id, reason: error.message }, 'a payment cannot be worked on yet'),
    );
  }

  async #work(job: PaymentJob, token: string | undefined): Promise<void> {
    if (isKnownJob(job.data)) return this.#options.settler.settle(job.data.payment_id);
    // If a gateway that does not understand the job completed it, it would be lost.
    const { kind, version, payment_id: payment } = job.data;
    this.#options.logger.warn({ kind, version, payment }, 'a payment job is left to a gateway of a later release');
    await job.moveToDelayed(Date.now() + leftForMs, token);
    throw new DelayedError();
  }

  /** Leaves what is in progress: whoever is next does it again. */
  async close(): Promise<void> {
    this.#watch.stop();
    this.#worker?.close(true).catch(() => undefined);
    this.queue.close().catch(() => undefined);
  }
}
