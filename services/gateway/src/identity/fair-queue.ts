import { ProblemError } from '@boxoffice/shared/contracts/problems';

export interface FairQueueLimits {
  /** Pieces of work that run at a time, and how many of them may be of one lane. */
  running: number;
  runningPerLane: number;
  /** Pieces of work that may wait, and how many of them may be of one lane. */
  waiting: number;
  waitingPerLane: number;
  /** How long one may wait, in milliseconds. */
  waitMs: number;
}

interface Waiter {
  start(): void;
}

/**
 * Runs expensive work, a bounded amount at a time, in turns between lanes: a crowd in one lane delays its own
 * members only. A lane never takes every slot, so a newcomer in another starts without waiting for it to finish.
 */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  readonly #running = new Map<string, number>();
  /** In the order in which lanes get their turns; a lane without waiters is not in it. */
  readonly #waiting = new Map<string, Waiter[]>();
  #runningCount = 0;
  #waitingCount = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  /**
   * Runs work as soon as it is its lane's turn.
   *
   * @throws {ProblemError} too_many_requests when too much is waiting already, or the turn does not come in time
   */
  async run<Result>(lane: string, work: () => Promise<Result>): Promise<Result> {
    if (this.#hasSlotFor(lane)) this.#takeSlot(lane);
    else await this.#wait(lane);
    try {
      return await work();
    } finally {
      this.#releaseSlot(lane);
    }
  }

  #hasSlotFor(lane: string): boolean {
    const { running, runningPerLane } = this.#limits;
    return this.#runningCount < running && (this.#running.get(lane) ?? 0) < runningPerLane;
  }

  #takeSlot(lane: string): void {
    this.#runningCount += 1;
    this.#running.set(lane, (this.#running.get(lane) ?? 0) + 1);
  }

  /** Resolves when a slot has been taken for the caller. */
  #wait(lane: string): Promise<void> {
    const { waiting, waitingPerLane, waitMs } = this.#limits;
    const waiters = this.#waiting.get(lane) ?? [];
    if (this.#waitingCount >= waiting || waiters.length >= waitingPerLane) throw tooMany();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        start: () => {
          clearTimeout(timer);
          this.#takeSlot(lane);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#remove(lane, waiter);
        reject(tooMany());
      }, waitMs);
      waiters.push(waiter);
      this.#waiting.set(lane, waiters);
      this.#waitingCount += 1;
    });
  }

  #releaseSlot(lane: string): void {
    const left = (this.#running.get(lane) ?? 0) - 1;
    if (left > 0) this.#running.set(lane, left);
    else this.#running.delete(lane);
    this.#runningCount -= 1;
    this.#startNext();
  }

  /** Starts whoever has waited longest in the first lane that may run more, and moves that lane to the end. */
  #startNext(): void {
    for (const [lane, waiters] of this.#waiting) {
      const [next] = waiters;
      if (!next || !this.#hasSlotFor(lane)) continue;
      this.#remove(lane, next);
      if (this.#waiting.delete(lane)) this.#waiting.set(lane, waiters);
      next.start();
      return;
    }
  }

  #remove(lane: string, waiter: Waiter): void {
    const waiters = this.#waiting.get(lane) ?? [];
    waiters.splice(waiters.indexOf(waiter), 1);
    this.#waitingCount -= 1;
    if (waiters.length === 0) this.#waiting.delete(lane);
  }
}

function tooMany(): ProblemError {
  const detail = 'Too many people are signing in right now. Try again in a few seconds.';
  return new ProblemError('too_many_requests', detail, { retryAfterSeconds: 3 });
}
