import { setImmediate as endOfTick } from 'node:timers/promises';
import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import type { Logger } from '@boxoffice/shared/service/logging';
import { type CommitDependencies, commitDecision, commitFailure } from './commit-decision.ts';
import { Gathering } from './gathering.ts';
import type { Lease } from './leases/leases.ts';
import type { TurnMetrics } from './metrics.ts';
import type { BookingStore } from './store/booking-store.ts';
import { LeaseLost } from './store/errors.ts';

/** Most requests decided in one transaction; the rest wait for the next turn. A single envelope always fits. */
const turnLimit = 1_024;

/** An envelope to be decided. */
interface PendingEnvelope {
  lease: Lease;
  requests: readonly BookingRequest[];
  resolve: (outcomes: Outcome[]) => void;
}

/**
 * Decides the envelopes of all of this process' partitions, one transaction (turn) after another. While
 * one commits, the envelopes of the next gather.
 */
export class Turns {
  readonly #logger: Logger;
  readonly #metrics: TurnMetrics;
  readonly #commit: CommitDependencies;
  readonly #stop = new AbortController();
  readonly #gathering = new Gathering();
  #pending: PendingEnvelope[] = [];
  #running: Promise<void> | null = null;
  #waitingFor: Error | null = null;

  constructor(dependencies: { store: BookingStore; logger: Logger; metrics: TurnMetrics }) {
    this.#logger = dependencies.logger;
    this.#metrics = dependencies.metrics;
    this.#commit = {
      ...dependencies,
      signal: this.#stop.signal,
      onWaiting: (error) => {
        this.#waitingFor = error;
      },
    };
  }

  /**
   * Decides one envelope. Resolves once the outcomes are committed. While the database is unavailable it
   * waits, however long: the envelope keeps its position. After `stop`, and when the lease is lost, it
   * never settles; the next owner of the partition decides the envelope then.
   */
  decide(requests: readonly BookingRequest[], lease: Lease): Promise<Outcome[]> {
    return new Promise((resolve) => {
      this.#pending.push({ lease, requests, resolve });
      this.#gathering.arrived(this.#pending.length);
      this.#running ??= this.#run();
    });
  }

  /** Whether envelopes are being decided or waiting to be. */
  get busy(): boolean {
    return this.#running !== null;
  }

  /**
   * For the readiness probe.
   *
   * @throws when the turn in progress waits for the database
   */
  check(): void {
    if (this.#waitingFor) throw new Error(`turns wait for the database: ${this.#waitingFor.message}`);
  }

  /** Waits for the turn in progress; abandons it if it is waiting for the database. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    await endOfTick(); // envelopes that Redis delivered in the same tick share a turn
    while (this.#pending.length > 0 && !this.#stop.signal.aborted) {
      await this.#gathering.wait(this.#pending.length);
      const turn = this.#takeTurn();
      this.#gathering.taken(turn.length);
      try {
        await this.#decideTogether(turn);
      } catch (error) {
        if (!this.#stop.signal.aborted) throw error;
        this.#logger.warn({ envelopes: turn.length }, 'turn abandoned: the next owner decides it');
      }
    }
    this.#running = null;
  }

  /** Takes out the envelopes of the next turn. */
  #takeTurn(): PendingEnvelope[] {
    let size = 0;
    let envelopes = 0;
    for (const { requests } of this.#pending) {
      size += requests.length;
      if (envelopes > 0 && size > turnLimit) break;
      envelopes++;
    }
    return this.#pending.splice(0, envelopes);
  }

  async #decideTogether(turn: PendingEnvelope[]): Promise<void> {
    if (turn.length === 0) return;
    try {
      const requests = turn.flatMap((envelope) => envelope.requests);
      const leases = turn.map((envelope) => envelope.lease);
      const outcomes = await commitDecision(this.#commit, { requests, leases });
      let from = 0;
      for (const envelope of turn) {
        const to = from + envelope.requests.length;
        envelope.resolve(outcomes.slice(from, to));
        from = to;
      }
    } catch (error) {
      if (this.#stop.signal.aborted) throw error;
      if (error instanceof LeaseLost) return this.#decideTogether(this.#stillOurs(turn, error));
      this.#logger.error({ err: error, envelopes: turn.length }, 'turn failed: deciding its requests one by one');
      for (const envelope of turn) await this.#decideOneByOne(envelope);
    }
  }

  /** The envelopes of a turn whose leases are not among those lost; the next owner decides the others. */
  #stillOurs(turn: PendingEnvelope[], lost: LeaseLost): PendingEnvelope[] {
    this.#logLeaseLost(lost);
    return turn.filter((envelope) => !lost.sessions.includes(envelope.lease.session));
  }

  /** Decides an envelope request by request, so that one that cannot be decided affects no other. */
  async #decideOneByOne({ requests, lease, resolve }: PendingEnvelope): Promise<void> {
    const outcomes: Outcome[] = [];
    try {
      for (const request of requests) outcomes.push(await this.#decideAlone(request, lease));
    } catch (error) {
      if (error instanceof LeaseLost) return this.#logLeaseLost(error);
      throw error;
    }
    resolve(outcomes);
  }

  async #decideAlone(request: BookingRequest, lease: Lease): Promise<Outcome> {
    try {
      const [outcome] = await commitDecision(this.#commit, { requests: [request], leases: [lease] });
      if (outcome) return outcome;
      throw new Error('decided without an outcome');
    } catch (error) {
      if (this.#stop.signal.aborted || error instanceof LeaseLost) throw error;
      this.#logger.error({ err: error, job: request.id, reqId: request.request_id }, 'request cannot be decided');
      const outcome = await commitFailure(this.#commit, request, lease);
      this.#metrics.outcomes.inc({ kind: request.kind, status: outcome.status });
      return outcome;
    }
  }

  #logLeaseLost({ message }: LeaseLost): void {
    this.#logger.warn({ reason: message }, 'lease lost: the next owner decides these envelopes');
  }
}
