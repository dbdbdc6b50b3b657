import { setTimeout as delay, setImmediate as endOfTick } from 'node:timers/promises';
import type { BookingRequest, CancelRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { isDatabaseAway, sqlState } from '@boxoffice/shared/database/errors';
import type { Logger } from '@boxoffice/shared/service/logging';
import { type Changes, decide } from './decide/decide.ts';
import type { Lease } from './leases/leases.ts';
import type { TurnMetrics } from './metrics.ts';
import { type Bookings, DecisionConflict, LeaseLost } from './store.ts';

/** Requests decided in one transaction at most; what comes on top waits for the next turn. */
const turnLimit = 1_024;
/** A decision that others overtake this often is a fault. */
const conflictLimit = 5;
const retryFirstMs = 50;
const retryMostMs = 1_000;
const leftToNext = 'envelopes left to the next owner';

interface Waiting {
  lease: Lease;
  requests: readonly BookingRequest[];
  resolve: (outcomes: Outcome[]) => void;
}

/**
 * Decides what this process has in hand, from all of its partitions, in one transaction after the
 * other: while one commits, the envelopes of the next gather.
 */
export class Turns {
  readonly #bookings: Bookings;
  readonly #logger: Logger;
  readonly #metrics: TurnMetrics;
  readonly #stop = new AbortController();
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;

  constructor(parts: { bookings: Bookings; logger: Logger; metrics: TurnMetrics }) {
    this.#bookings = parts.bookings;
    this.#logger = parts.logger;
    this.#metrics = parts.metrics;
  }

  /**
   * Decides one envelope. Resolves once the outcomes are committed. While the database is away it
   * waits, however long: the envelope keeps its place. After `stop`, and when the lease is lost, it
   * stays pending for ever; the next owner of the partition decides the envelope then.
   */
  decide(requests: readonly BookingRequest[], lease: Lease): Promise<Outcome[]> {
    return new Promise((resolve) => {
      this.#waiting.push({ lease, requests, resolve });
      this.#running ??= this.#run();
    });
  }

  /** Ends with the turn that is under way; gives it up if it is waiting for the database. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    await endOfTick(); // what came out of Redis in the same breath is decided together
    while (this.#waiting.length > 0 && !this.#stop.signal.aborted) {
      const turn = this.#take();
      try {
        await this.#decideTogether(turn);
      } catch (error) {
        if (!this.#stop.signal.aborted) throw error;
        this.#logger.warn({ envelopes: turn.length }, 'turn given up: the next owner decides it');
      }
    }
    this.#running = null;
  }

  #take(): Waiting[] {
    let size = 0;
    let envelopes = 0;
    for (const { requests } of this.#waiting) {
      size += requests.length;
      if (envelopes > 0 && size > turnLimit) break;
      envelopes++;
    }
    return this.#waiting.splice(0, envelopes);
  }

  async #decideTogether(turn: Waiting[]): Promise<void> {
    if (turn.length === 0) return;
    try {
      const requests = turn.flatMap((envelope) => envelope.requests);
      const leases = turn.map((envelope) => envelope.lease);
      const outcomes = await this.#commit(requests, leases);
      let from = 0;
      for (const envelope of turn) {
        const to = from + envelope.requests.length;
        envelope.resolve(outcomes.slice(from, to));
        from = to;
      }
    } catch (error) {
      if (this.#stop.signal.aborted) throw error;
      if (error instanceof LeaseLost) return this.#decideTogether(this.#leave(turn, error));
      this.#logger.error({ err: error, envelopes: turn.length }, 'turn failed: deciding its requests one by one');
      for (const envelope of turn) await this.#takeApart(envelope);
    }
  }

  /** What is left of a turn without the envelopes that are the next owner's to decide. */
  #leave(turn: Waiting[], { message, sessions }: LeaseLost): Waiting[] {
    this.#logger.warn({ reason: message }, leftToNext);
    return turn.filter((envelope) => !sessions.includes(envelope.lease.session));
  }

  /** Decides the requests of an envelope one by one, so that one that cannot be decided harms no other. */
  async #takeApart({ requests, lease, resolve }: Waiting): Promise<void> {
    const outcomes: Outcome[] = [];
    for (const [place, request] of requests.entries()) {
      try {
        outcomes.push(...(await this.#commit([request], [lease], requests.slice(place))));
      } catch (error) {
        if (this.#stop.signal.aborted) throw error;
        if (error instanceof LeaseLost) return this.#logger.warn({ reason: error.message }, leftToNext);
        this.#logger.error({ err: error, job: request.id, reqId: request.request_id }, 'request cannot be decided');
        this.#metrics.outcomes.inc({ kind: request.kind, status: 'failed' });
        outcomes.push({
          id: request.id,
          status: 'failed',
          problem: problem(
            'internal_error',
            'This request could not be decided. Nothing was booked or cancelled by it.',
          ),
        });
      }
    }
    resolve(outcomes);
  }

  /**
   * One decision, committed. What passes by itself is tried again here, never by re-queueing, which
   * would cost the requests their place.
   */
  async #commit(requests: readonly BookingRequest[], leases: readonly Lease[], undone = requests): Promise<Outcome[]> {
    for (let conflicts = 0, waitMs = retryFirstMs; ; ) {
      try {
        return await this.#attempt(requests, leases, undone);
      } catch (error) {
        if (isConflict(error) && ++conflicts < conflictLimit) {
          this.#metrics.conflicts.inc();
          this.#logger.warn({ reason: (error as Error).message }, 'someone else wrote: deciding again');
        } else if (isTransient(error)) {
          this.#logger.warn({ reason: (error as Error).message, waitMs }, 'database is away: the turn waits');
          await delay(waitMs, undefined, { signal: this.#stop.signal });
          waitMs = Math.min(waitMs * 2, retryMostMs);
        } else {
          throw error;
        }
      }
    }
  }

  async #attempt(
    requests: readonly BookingRequest[],
    leases: readonly Lease[],
    undone: readonly BookingRequest[],
  ): Promise<Outcome[]> {
    const startedAt = performance.now();
    let decideMs = 0;
    const outcomes = await this.#bookings.transaction(requests, leases, async (transaction) => {
      const state = await this.#bookings.readState(requests, undone, leases, transaction);
      const decidedAt = performance.now();
      const decision = decide(requests, state, undone);
      decideMs = performance.now() - decidedAt;
      const audited = administratorsCancels(requests, decision.changes);
      await this.#bookings.commit(decision.changes, audited, state.now, transaction);
      return decision.outcomes;
    });
    this.#metrics.turned(requests, outcomes, { decideMs, turnMs: performance.now() - startedAt });
    return outcomes;
  }
}

/** The cancellations by administrators that change something now: the audit gets a line for each. */
function administratorsCancels(requests: readonly BookingRequest[], changes: Changes): CancelRequest[] {
  const asked = requests.filter((request) => request.kind === 'cancel').filter((request) => request.as_admin);
  if (asked.length === 0) return [];
  const effective = new Set([...changes.cancelled, ...changes.booked].map((booking) => booking.cancelledBy));
  return asked.filter((request) => effective.has(request.id));
}

/** The seat or booking is there already (unique_violation), or two turns stood in each other's way. */
function isConflict(error: unknown): boolean {
  return error instanceof DecisionConflict || sqlState(error) === '23505';
}

function isTransient(error: unknown): boolean {
  return isDatabaseAway(error) || ['40001', '40P01'].includes(sqlState(error) ?? '');
}
