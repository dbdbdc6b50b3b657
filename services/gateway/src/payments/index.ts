/** Online payments: nobody is charged for a seat they did not get. */
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Config } from '@boxoffice/shared/service/config';
import type { Http } from '@boxoffice/shared/service/http';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Registry } from 'prom-client';
import type { BookingQueue, Bookings, RequestBudget, SubmitDependencies } from '../bookings/index.ts';
import type { Operation } from '../http/operation.ts';
import { Pace } from './pace.ts';
import { PaymentChanges } from './payment-changes.ts';
import { PaymentCorrections } from './payment-corrections.ts';
import { PaymentEvents } from './payment-events.ts';
import { PaymentJobs } from './payment-jobs.ts';
import { backlogSql, type PaymentBacklog, PaymentMetrics } from './payment-metrics.ts';
import { loadProviders } from './providers/load-providers.ts';
import { Reconciler } from './reconciler.ts';
import { getPayment } from './routes/get-payment.ts';
import { receivePaymentEvent } from './routes/receive-event.ts';
import { startPayment } from './routes/start-payment.ts';
import { Settler } from './settler.ts';
import { StoredPayments } from './stored-payments.ts';

export type { PaymentRow } from './payment-row.ts';
export { testSecretOf } from './providers/load-providers.ts';
export { refundPayment } from './refund-payment.ts';
export { resolvePayment } from './resolve-payment.ts';

/** How long a step waits for the outcome of its request, in milliseconds. */
const submitWaitMs = 5_000;

export interface PaymentsOptions {
  config: Config;
  orm: MikroORM;
  /** Fails fast. */
  redis: Redis;
  /** Waits for Redis: for the queue's consumer alone. */
  consumer: Redis;
  bookingQueue: Pick<BookingQueue, 'submit'>;
  publicUrl: () => string;
  logger: Logger;
  metrics: Registry;
}

export type Payments = ReturnType<typeof buildPayments>;

/** Assembles everything about payments. Does no I/O before `start`. */
export function buildPayments(options: PaymentsOptions) {
  const { config, orm, redis, consumer, bookingQueue, publicUrl, logger } = options;
  const providers = loadProviders(options);
  const stored = new StoredPayments(orm);
  const changes = new PaymentChanges(orm);
  const corrections = new PaymentCorrections(orm);
  const events = new PaymentEvents(orm, changes);
  const metrics = new PaymentMetrics(options.metrics, async () => {
    const [backlog] = await orm.em.getConnection().execute<PaymentBacklog[]>(backlogSql);
    return backlog as PaymentBacklog;
  });
  const settler = new Settler({
    ...{
      payments: stored,
      changes,
      metrics,
      logger,
      providers: providers.byName,
      pace: new Pace(config.PAYMENT_CALLS_PER_SECOND),
    },
    async submit(draft) {
      const submitted = await bookingQueue.submit(draft, { waitMs: submitWaitMs });
      return submitted.status === 'queued' ? submitted.outcome : null;
    },
    returnUrlOf: (id) => `${publicUrl()}/boxoffice/payments/${id}/`,
  });
  const handleEvent = async (id: number) => {
    const handled = await events.handle(id);
    if (!handled) return;
    const { paymentId: payment, attention: reason } = handled;
    if (reason) {
      metrics.alarms.inc({ reason });
      logger.error({ payment, reason }, 'a payment needs attention');
    }
    await settler.settle(payment);
  };
  const reconciler = new Reconciler({ changes, events, settler, handleEvent, logger });
  const jobs = new PaymentJobs({ redis, consumer, settler, logger });
  return {
    ...{ stored, changes, corrections, events, metrics, settler, handleEvent, reconciler },
    providers: providers.byName,
    provider: providers.current,
    seconds: config.PAYMENT_SECONDS,
    queue: jobs.queue as Queue,
    addPages: (http: Http) => providers.addPages(http),
    /** Without a provider there is nothing to be done. */
    start() {
      if (providers.byName.size === 0) return;
      reconciler.start();
      jobs.start();
    },
    async close() {
      await Promise.all([reconciler.stop(), jobs.close()]);
    },
  };
}

export interface Dependencies extends SubmitDependencies {
  bookings: Bookings;
  budget: RequestBudget;
  queue: BookingQueue;
  payments: Payments;
}

export const operations: Operation<Dependencies>[] = [startPayment, getPayment, receivePaymentEvent];

export function register(http: Http, dependencies: Dependencies): void {
  for (const operation of operations) operation.serve(http, dependencies);
}
