import { setImmediate as endOfTick } from 'node:timers/promises';
import { envelopeLimit, partitionIn } from '@boxoffice/shared/booking-id';
import { withinTime } from '@boxoffice/shared/time-limit';
import type { PartitionQueue } from './partition-queue.ts';

type Partition = Pick<PartitionQueue, 'number' | 'pendingCount' | 'oldestPendingSince' | 'refusePending'>;

/** This many pending requests are sent even while a round is undecided, so that the worker need not wait for them. */
const nextRoundFrom = 24;
/** The longest time that a request waits for others to share its envelope, in milliseconds. */
const gatherMs = 20;

/** Returns a number that all partitions of one worker share; null while the worker is unknown. */
type OwnerOf = (partition: number) => number | null;

/**
 * Decides when pending requests are sent. Group commit: while one round of adds is in flight, or the partition's
 * worker is still deciding what this process has sent it, requests gather and share the next job of their partition.
 * A request that comes alone is sent immediately; none waits for others for longer than 20 ms.
 *
 * On one server, all partitions fail together, so a round waits for all of its adds. On a cluster, it does not wait for a
 * master that is slow: the partitions on other masters carry on with the next round.
 */
export class Rounds<Queue extends Partition = PartitionQueue> {
  readonly #partitions: () => readonly Queue[];
  readonly #send: (partition: Queue) => Promise<boolean>;
  readonly #ownerOf: OwnerOf;
  readonly #isOneServer: boolean;
  /** The round of each envelope whose outcomes have not arrived, except those so overdue that they no longer count. */
  readonly #undecided = new Map<string, number>();
  /** On a cluster, the partitions whose add is in flight: between two rounds, those that earlier rounds have left behind. */
  readonly #sending = new Set<Queue>();
  #round = 0;
  #running = false;
  #nextRound: NodeJS.Timeout | null = null;

  /**
   * @param partitions the current partitions
   * @param options.send sends the next envelope of a partition, and returns whether Redis responded; never rejects
   * @param options.isOneServer whether all partitions are on one server, so that they fail together
   */
  constructor(
    partitions: () => readonly Queue[],
    options: { send: (partition: Queue) => Promise<boolean>; ownerOf: OwnerOf; isOneServer?: boolean },
  ) {
    this.#partitions = partitions;
    this.#send = options.send;
    this.#ownerOf = options.ownerOf;
    this.#isOneServer = options.isOneServer ?? true;
  }

  /** Call it when a request has become pending: sends it, unless a round in progress will. */
  start(): void {
    if (!this.#running) void this.#run();
  }

  /** Call it before an envelope is sent. */
  expectOutcomes(envelopeId: string): void {
    this.#undecided.set(envelopeId, this.#round);
  }

  /** Call it when an envelope's outcomes have arrived: the next round may be due. */
  outcomesArrived(envelopeId: string): void {
    if (this.#undecided.delete(envelopeId)) this.start();
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
      this.#round++;
      await (this.#isOneServer ? this.#sendTogether(due) : this.#sendApart(due));
    }
    this.#running = false;
    if (this.#nextRound || this.#withPending().length === 0) return;
    this.#nextRound = setTimeout(() => {
      this.#nextRound = null;
      this.start();
    }, gatherMs);
  }

  async #sendTogether(due: Queue[]): Promise<void> {
    const responded = await Promise.all(due.map((partition) => this.#send(partition)));
    // Whatever has gathered meanwhile would take just as long again, one round after another.
    if (responded.includes(false)) for (const partition of this.#partitions()) partition.refusePending();
  }

  /** Resolves when all of these partitions have been sent, or when others have been kept waiting for as long as they may be. */
  async #sendApart(due: Queue[]): Promise<void> {
    const sent = due.map(async (partition) => {
      this.#sending.add(partition);
      if (!(await this.#send(partition))) partition.refusePending();
      this.#sending.delete(partition);
      this.start();
    });
    await withinTime(Promise.all(sent), gatherMs, () => new Error('a master is slow')).catch(() => undefined);
  }

  /**
   * The partitions whose next envelope should go now. Those of one worker go together, because it decides the
   * envelopes of all its partitions in one turn.
   */
  #due(): Queue[] {
    const undecided = this.#undecidedRounds();
    return [...Map.groupBy(this.#withPending(), ({ number }) => this.#ownerOf(number))].flatMap(
      ([owner, partitions]) => {
        const ahead = undecided.get(owner)?.size ?? 0;
        const pending = partitions.reduce((sum, { pendingCount }) => sum + pendingCount, 0);
        if (ahead === 0 || (ahead === 1 && pending >= nextRoundFrom)) return partitions;
        return partitions.filter(({ pendingCount }) => pendingCount >= envelopeLimit);
      },
    );
  }

  /** The rounds of which each worker has undecided envelopes. */
  #undecidedRounds(): Map<number | null, Set<number>> {
    const rounds = new Map<number | null, Set<number>>();
    for (const [envelopeId, round] of this.#undecided) {
      const owner = this.#ownerOf(partitionIn(envelopeId));
      rounds.set(owner, (rounds.get(owner) ?? new Set()).add(round));
    }
    return rounds;
  }

  #withPending(): Queue[] {
    return this.#partitions().filter((partition) => partition.pendingCount > 0 && !this.#sending.has(partition));
  }

  /** How long the oldest pending request has waited; negative when none is pending. */
  #oldestPendingMs(): number {
    const since = this.#withPending().map((partition) => partition.oldestPendingSince ?? Number.POSITIVE_INFINITY);
    return performance.now() - Math.min(...since);
  }
}
