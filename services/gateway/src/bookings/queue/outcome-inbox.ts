import { randomUUID } from 'node:crypto';
import { readBookingId } from '@boxoffice/shared/booking-id';
import type { Outcome, Outcomes } from '@boxoffice/shared/contracts/jobs';
import type { Logger } from '@boxoffice/shared/service/logging';
import { subscribe } from '@boxoffice/shared/service/pub-sub';
import type { Redis } from 'ioredis';

/** How often the inbox looks for outcomes whose message was lost, in milliseconds. */
const sweepEveryMs = 500;
/** A message that is this late is looked for, in milliseconds. */
const lateAfterMs = 1_000;
/** Envelopes looked for in one sweep at most: a sweep must stay cheap when everything is slow. */
const sweepLimit = 50;
/** Requests that may wait for their outcome at once; one more is answered 202 without waiting. */
const waitingLimit = 20_000;

interface Waiter {
  resolve: (outcome: Outcome | null) => void;
  since: number;
  timer: NodeJS.Timeout;
}

/**
 * Where outcomes arrive. The worker publishes those of an envelope in one message on the channel that
 * the envelope names; Redis' pub/sub loses what is sent while a subscriber is away, so a sweep looks
 * for what is late.
 */
export class OutcomeInbox {
  /** The channel of this gateway process. */
  readonly channel = `boxoffice:outcomes:${randomUUID()}`;
  readonly #waiters = new Map<string, Waiter[]>();
  #waiting = 0;
  #closed = false;
  readonly #find: (envelopeId: string) => Promise<Outcomes | null>;
  readonly #onOutcomes: (outcomes: Outcomes, envelopeId: string) => void;
  readonly #sweeper: NodeJS.Timeout;

  /**
   * @param subscriber a connection of its own; it subscribes now and again after each outage
   * @param find looks an envelope's outcomes up, null while there are none
   * @param onOutcomes hears the outcomes of every envelope of this process, and some a second time
   */
  constructor(parts: {
    subscriber: Redis;
    logger: Logger;
    find: (envelopeId: string) => Promise<Outcomes | null>;
    onOutcomes: (outcomes: Outcomes, envelopeId: string) => void;
  }) {
    this.#find = parts.find;
    this.#onOutcomes = parts.onOutcomes;
    subscribe(parts, [this.channel], { onMessage: (message) => this.#receive(JSON.parse(message) as Outcomes) });
    this.#sweeper = setInterval(() => void this.#sweep(), sweepEveryMs).unref();
  }

  /**
   * Waits for the outcome of a request that is about to be queued.
   *
   * @param forMs how long, in milliseconds
   * @returns the outcome, or null when none came in time
   */
  wait(id: string, forMs: number): Promise<Outcome | null> {
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
    });
  }

  /** Sends everyone away who still waits; they are answered 202 and can ask again. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const id of this.#waiters.keys()) this.#settle(id, null);
  }

  #receive(outcomes: Outcomes): void {
    for (const outcome of outcomes) this.#settle(outcome.id, outcome);
    const envelopeId = outcomes[0] && readBookingId(outcomes[0].id)?.envelopeId;
    if (envelopeId) this.#onOutcomes(outcomes, envelopeId);
  }

  #settle(id: string, outcome: Outcome | null, leaving = this.#waiters.get(id) ?? []): void {
    const staying = (this.#waiters.get(id) ?? []).filter((waiter) => !leaving.includes(waiter));
    if (staying.length > 0) this.#waiters.set(id, staying);
    else this.#waiters.delete(id);
    for (const waiter of leaving) {
      clearTimeout(waiter.timer);
      this.#waiting--;
      waiter.resolve(outcome);
    }
  }

  async #sweep(): Promise<void> {
    const lateSince = Date.now() - lateAfterMs;
    const late = new Set<string>();
    for (const [id, [eldest]] of this.#waiters) {
      if (!eldest || eldest.since > lateSince || late.size >= sweepLimit) break; // oldest first
      const envelopeId = readBookingId(id)?.envelopeId;
      if (envelopeId) late.add(envelopeId);
    }
    await Promise.all(
      [...late].map(async (envelopeId) => {
        const outcomes = await this.#find(envelopeId).catch(() => null);
        if (outcomes) this.#receive(outcomes);
      }),
    );
  }
}
