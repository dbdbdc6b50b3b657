import { randomUUID } from 'node:crypto';
import { partitionIn, readBookingId } from '@boxoffice/shared/booking-id';
import type { Outcome, Outcomes } from '@boxoffice/shared/contracts/jobs';
import type { Logger } from '@boxoffice/shared/service/logging';
import { subscribe } from '@boxoffice/shared/service/pub-sub';
import type { Redis } from 'ioredis';
import type { JobLookup } from './job-lookup.ts';

/** How often outcomes whose message was lost are looked up, in milliseconds. */
const sweepEveryMs = 500;
/** An outcome that has been awaited for this long is looked up, in milliseconds. */
const lateAfterMs = 1_000;
/** Requests looked up per sweep: a sweep must stay cheap when everything is slow. */
const sweepLimit = 1_000;
/** Callers that may wait at the same time; any more are answered 202 without waiting. */
const waitingLimit = 20_000;

interface Waiter {
  resolve: (outcome: Outcome | null) => void;
  since: number;
  timer: NodeJS.Timeout;
}

/**
 * Receives outcomes and hands them to their callers. The worker publishes an envelope's outcomes in one
 * message on the channel that the envelope names. Redis' pub/sub drops messages while the subscriber is
 * disconnected, so a sweep looks up overdue outcomes.
 */
export class OutcomeInbox {
  /** The channel of this gateway process. */
  readonly channel = `boxoffice:outcomes:${randomUUID()}`;
  readonly #waiters = new Map<string, Waiter[]>();
  #waiting = 0;
  #closed = false;
  #sweeping = false;
  readonly #lookup: Pick<JobLookup, 'findOutcomes'>;
  readonly #onOutcomes: (outcomes: Outcomes, envelopeId: string) => void;
  readonly #sweeper: NodeJS.Timeout;

  /**
   * @param options.subscriber subscribed now, and again after each outage
   * @param options.onOutcomes called with the outcomes of every envelope of this process, possibly twice
   */
  constructor(options: {
    subscriber: Redis;
    logger: Logger;
    lookup: Pick<JobLookup, 'findOutcomes'>;
    onOutcomes: (outcomes: Outcomes, envelopeId: string) => void;
  }) {
    this.#lookup = options.lookup;
    this.#onOutcomes = options.onOutcomes;
    subscribe(options, [this.channel], { onMessage: (message) => this.#receive(JSON.parse(message) as Outcomes) });
    this.#sweeper = setInterval(() => void this.#sweep(), sweepEveryMs).unref();
  }

  /**
   * Waits for the outcome of a request that is about to be queued.
   *
   * @param forMs how long to wait, in milliseconds
   * @param signal ends the wait when it is aborted
   * @returns the outcome, or null when none arrived in time
   */
  wait(id: string, forMs: number, signal?: AbortSignal): Promise<Outcome | null> {
    if (forMs <= 0 || this.#closed || this.#waiting >= waitingLimit) return Promise.resolve(null);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        resolve,
        since: Date.now(),
        timer: setTimeout(() => this.#settle(id, null, [waiter]), forMs),
      };
      const others = this.#waiters.get(id);
      if (others) others.push(waiter);
      else this.#waiters.set(id, [waiter]);
      this.#waiting++;
      signal?.addEventListener('abort', () => this.#settle(id, null, [waiter]), { once: true });
    });
  }

  /** Ends every wait without an outcome: those callers are answered 202 and can ask for the job. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const id of this.#waiters.keys()) this.#settle(id, null);
  }

  /** Ends every wait for requests of one partition without an outcome. */
  endWaits(partition: number): void {
    for (const id of this.#waiters.keys()) if (partitionIn(id) === partition) this.#settle(id, null);
  }

  #receive(outcomes: Outcomes): void {
    for (const outcome of outcomes) this.#settle(outcome.id, outcome);
    const envelopeId = outcomes[0] && readBookingId(outcomes[0].id)?.envelopeId;
    if (envelopeId) this.#onOutcomes(outcomes, envelopeId);
  }

  #settle(id: string, outcome: Outcome | null, some = this.#waiters.get(id) ?? []): void {
    const waiters = this.#waiters.get(id) ?? [];
    const leaving = waiters.filter((waiter) => some.includes(waiter)); // others have their outcome
    const staying = waiters.filter((waiter) => !leaving.includes(waiter));
    if (staying.length > 0) this.#waiters.set(id, staying);
    else this.#waiters.delete(id);
    for (const waiter of leaving) {
      clearTimeout(waiter.timer);
      this.#waiting--;
      waiter.resolve(outcome);
    }
  }

  /** One at a time: while the database is slow, sweeps must not add to its load. */
  async #sweep(): Promise<void> {
    if (this.#sweeping) return;
    this.#sweeping = true;
    const outcomes = await this.#lookup.findOutcomes(this.#takeLate()).catch(() => []);
    this.#sweeping = false;
    for (const ofEnvelope of Map.groupBy(outcomes, ({ id }) => readBookingId(id)?.envelopeId).values())
      this.#receive(ofEnvelope);
  }

  /** The next overdue requests, which take turns. */
  #takeLate(): string[] {
    const lateSince = Date.now() - lateAfterMs;
    const late: string[] = [];
    for (const [id, [oldest]] of this.#waiters) {
      if (late.length >= sweepLimit) break;
      if (oldest && oldest.since <= lateSince) late.push(id);
    }
    // They take turns, so that those of a partition that is stuck do not keep the others from being looked up.
    for (const id of late) {
      const waiters = this.#waiters.get(id) ?? [];
      this.#waiters.delete(id);
      this.#waiters.set(id, waiters);
    }
    return late;
  }
}
