import { setTimeout as delay } from 'node:timers/promises';
import { type Operation, outcomeOf } from '../checker/history.ts';
import type { Random } from '../random.ts';
import { Buyer } from './buyer.ts';
import type { Market } from './market.ts';

const atOnce = 16;

/** Asks for outcomes after the storm, on behalf of every buyer. */
export class Interviewer {
  readonly #market: Market;
  readonly #random: Random;

  constructor(market: Market, random: Random) {
    this.#market = market;
    this.#random = random;
  }

  /** Asks for every accepted request that has no outcome, until all have one or `isOver`. */
  async settle(operations: readonly Operation[], isOver: () => boolean): Promise<void> {
    for (;;) {
      const open = operations.filter(
        (operation) => operation.accepted !== null && !outcomeOf(operation) && operation.ids[0],
      );
      if (open.length === 0) return;
      await this.#each(open, (buyer, operation) => buyer.poll(operation));
      if (isOver()) return;
      await delay(50);
    }
  }

  /** Asks once more for every request with a known id: the outcome must be the same. */
  askAgain(operations: readonly Operation[]): Promise<void> {
    return this.#each(
      operations.filter(({ ids, possibleIds }) => ids.length + possibleIds.length > 0),
      (buyer, operation) => buyer.poll(operation),
    );
  }

  async #each(operations: readonly Operation[], work: (buyer: Buyer, operation: Operation) => Promise<unknown>) {
    const rest = operations.values();
    const one = async () => {
      for (const operation of rest) await work(new Buyer(operation.user, this.#random, this.#market), operation);
    };
    await Promise.all(Array.from({ length: atOnce }, one));
  }
}
