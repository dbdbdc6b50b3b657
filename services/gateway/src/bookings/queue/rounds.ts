import { setImmediate as endOfTick } from 'node:timers/promises';
import { envelopeLimit } from '@boxoffice/shared/booking-id';
import type { PartitionQueue } from './partition-queue.ts';

/** Undecided envelopes of this process beyond which requests gather: one being decided, one ready to follow. */
const undecidedLimit = 2;
/** The longest that a request waits for others to share its envelope, in milliseconds. */
const gatherMs = 20;

/**
 * Decides when pending requests are sent. Group commit: while one round of adds is in flight, or the
 * worker has enough to do, requests gather and share the next job of their partition. A request that
 * comes alone is sent immediately; none waits for others for longer than 20 ms.
 */
export class Rounds {
  readonly #partitions: readonly PartitionQueue[];
  readonly #send: (partition: PartitionQueue) => Promise<boolean>;
  /** Envelopes sent whose outcomes have not arrived, except those so overdue that they no longer count. */
  readonly #undecided = new Set<string>();
  #running = false;
  #nextRound: NodeJS.Timeout | null = null;

  /** @param send sends the next envelope of a partition, and returns whether Redis responded; never rejects */
  constructor(partitions: readonly PartitionQueue[], send: (partition: PartitionQueue) => Promise<boolean>) {
    this.#partitions = partitions;
    this.#send = send;
  }

  /** Call it when a request has become pending: sends it, unless a round in progress will. */
  start(): void {
    if (!this.#running) void this.#run();
  }

  /** Call it before an envelope is sent. */
  expectOutcomes(envelopeId: string): void {
    this.#undecided.add(envelopeId);
  }

  /** Call it when an envelope's outcomes have arrived: the next round may be due. */
  outcomesArrived(envelopeId: string): void {
    if (this.#undecided.delete(envelopeId) && this.#undecided.size < undecidedLimit) this.start();
  }

  /** Runs one round after another, each sending one job per partition, until nothing is due. */
  async #run(): Promise<void> {
    this.#running = true;
    await endOfTick(); // requests that arrived in the same tick share an envelope
    for (;;) {
      // The worker has not caught up within the gather time, or its messages were lost: waiting longer gains nothing.
      if (this.#oldestPendingMs() >= gatherMs) this.#undecided.clear();
      const due = this.#due();
      if (due.length === 0) break;
      const responded = await Promise.all(due.map((partition) => this.#send(partition)));
      // What has gathered meanwhile would take as long again, one round after the other.
      if (responded.includes(false)) for (const partition of this.#partitions) partition.refusePending();
    }
    this.#running = false;
    if (this.#nextRound || this.#withPending().length === 0) return;
    this.#nextRound = setTimeout(() => {
      this.#nextRound = null;
      this.start();
    }, gatherMs);
  }

  /**
   * The partitions whose next envelope should go now. They go together, because a worker decides the
   * envelopes of all its partitions in one turn.
   */
  #due(): PartitionQueue[] {
    const pending = this.#withPending();
    if (this.#undecided.size < undecidedLimit) return pending;
    return pending.filter((partition) => partition.pendingCount >= envelopeLimit);
  }

  #withPending(): PartitionQueue[] {
    return this.#partitions.filter((partition) => partition.pendingCount > 0);
  }

  /** How long the oldest pending request has waited; negative when none is pending. */
  #oldestPendingMs(): number {
    const since = this.#partitions.map((partition) => partition.oldestPendingSince ?? Number.POSITIVE_INFINITY);
    return performance.now() - Math.min(...since);
  }
}
