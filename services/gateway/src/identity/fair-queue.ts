import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Lane } from '../http/client-address.ts';
import { type Waiter, WaitingLine } from './waiting-line.ts';

export interface FairQueueLimits {
  /** Pieces of work that run at a time, and how many of them may be of one network. */
  running: number;
  runningPerNetwork: number;
  /** Pieces of work that may wait, and how many of them may be of one address. */
  waiting: number;
  waitingPerAddress: number;
  /** How long one may wait, in milliseconds. */
  waitMs: number;
}

/**
 * Runs expensive work, a bounded amount at a time, in turns between networks and the addresses in each: a crowd delays
 * its own members only, however many addresses it has in one network. A network never takes every slot, so a newcomer
 * from another starts without waiting for it to finish; nor every place, because a full queue refuses its newest.
 */
export class FairQueue {
  readonly #limits: FairQueueLimits;
  readonly #running = new Map<string, number>();
  readonly #line = new WaitingLine();
  #runningCount = 0;

  constructor(limits: FairQueueLimits) {
    this.#limits = limits;
  }

  /**
   * Runs work as soon as it is its lane's turn.
   *
   * @throws {ProblemError} too_many_requests when too much is waiting, or the turn does not come in time
   */
  async run<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result> {
    if (this.#hasSlotFor(lane.network)) this.#takeSlot(lane.network);
    else await this.#wait(lane);
    try {
      return await work();
    } finally {
      this.#releaseSlot(lane.network);
    }
  }

  #hasSlotFor(network: string): boolean {
    const { running, runningPerNetwork } = this.#limits;
    return this.#runningCount < running && (this.#running.get(network) ?? 0) < runningPerNetwork;
  }

  #takeSlot(network: string): void {
    this.#runningCount += 1;
    this.#running.set(network, (this.#running.get(network) ?? 0) + 1);
  }

  /** Resolves when a slot has been taken for the caller. */
  #wait(lane: Lane): Promise<void> {
    const { waiting, waitingPerAddress, waitMs } = this.#limits;
    if (this.#line.countOf(lane) >= waitingPerAddress) throw tooMany();
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        lane,
        start: () => {
          clearTimeout(timer);
          this.#takeSlot(lane.network);
          resolve();
        },
        refuse: () => {
          clearTimeout(timer);
          this.#line.remove(waiter);
          reject(tooMany());
        },
      };
      const timer = setTimeout(waiter.refuse, waitMs);
      this.#line.add(waiter);
      if (this.#line.size > waiting) this.#line.newestOfLargest()?.refuse();
    });
  }

  #releaseSlot(network: string): void {
    const left = (this.#running.get(network) ?? 0) - 1;
    if (left > 0) this.#running.set(network, left);
    else this.#running.delete(network);
    this.#runningCount -= 1;
    this.#line.takeNext((next) => this.#hasSlotFor(next))?.start();
  }
}

function tooMany(): ProblemError {
  const detail = 'Too many people are signing in right now. Try again in a few seconds.';
  return new ProblemError('too_many_requests', detail, { retryAfterSeconds: 3 });
}
