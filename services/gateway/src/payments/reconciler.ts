import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { CancelledPass, PaymentChanges } from './payment-changes.ts';
import type { PaymentEvents } from './payment-events.ts';
import type { Settler } from './settler.ts';

/** The time between two searches, in milliseconds. */
const pauseMs = 1_000;
const dueLimit = 20;
/** Every so many searches begins a pass that looks for money for bookings that were cancelled recently. */
const searchesPerReminder = 30;
const recentSeconds = 60 * 60;
const everSeconds = 1_000_000_000;
/** Cancelled bookings that one search inspects, for each pass. */
const cancelledLimit = 500;

interface ReconcilerOptions {
  changes: Pick<PaymentChanges, 'takeDue' | 'remindOfCancelled'>;
  events: Pick<PaymentEvents, 'findDue'>;
  settler: Pick<Settler, 'settle'>;
  handleEvent: (id: number) => Promise<void>;
  logger: Logger;
}

/**
 * Moves on what stands still: payments whose next step is due, events that wait for their payment or that a crash left,
 * and refunds whose jobs were lost with Redis. Every gateway does it; PostgreSQL shares the work out.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #searches = 0;
  /** How far each pass under way has come, by the age that it looks back to. The first looks back to ever. */
  readonly #passes = new Map<number, CancelledPass['after']>([[everSeconds, null]]);

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const movedOn = await this.search().catch((error: Error) => {
        this.#warn(error, {});
        return 0;
      });
      if (movedOn >= dueLimit) continue; // there may be more; what fails must not be tried without a pause
      await delay(pauseMs, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
    }
  }

  /** One search. Returns how many payments or events it could move on, whichever are more. */
  async search(): Promise<number> {
    const { changes, events, settler, handleEvent } = this.#options;
    if (this.#searches++ % searchesPerReminder === 0 && !this.#passes.has(recentSeconds))
      this.#passes.set(recentSeconds, null);
    for (const [withinSeconds, after] of this.#passes)
      await this.#remind({ withinSeconds, after }).catch((error: Error) => this.#warn(error, { withinSeconds }));
    const eventIds = await events.findDue(dueLimit);
    const handled = await Promise.all(eventIds.map((id) => this.#succeeds(handleEvent(id), { event: id })));
    const payments = await changes.takeDue(dueLimit);
    const settled = await Promise.all(payments.map(({ id }) => this.#succeeds(settler.settle(id), { payment: id })));
    return Math.max(handled.filter(Boolean).length, settled.filter(Boolean).length);
  }

  /** Inspects one batch. A pass whose batch fails tries it again at the next search. */
  async #remind(pass: CancelledPass): Promise<void> {
    const after = await this.#options.changes.remindOfCancelled(pass, cancelledLimit);
    if (after) this.#passes.set(pass.withinSeconds, after);
    else this.#passes.delete(pass.withinSeconds);
  }

  /** One that fails must not keep the others waiting. */
  #succeeds(work: Promise<void>, about: object): Promise<boolean> {
    return work.then(
      () => true,
      (error: Error) => {
        this.#warn(error, about);
        return false;
      },
    );
  }

  #warn(error: Error, about: object): void {
    this.#options.logger.warn({ ...about, reason: error.message }, 'payments cannot be reconciled yet');
  }
}
