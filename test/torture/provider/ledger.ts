import type { Movement } from '../checker/money-history.ts';
import { BookReader } from './book-file.ts';

/** What the provider has moved and reserved so far, in minor units. */
export type Totals = Record<Movement['what'], number>;

/** The provider's book as the campaign reads it. */
export class Ledger {
  readonly #reader: BookReader;
  readonly #movements = new Map<string, Movement[]>();
  /** Events that gateways have said they have received, and that were not found handled yet. */
  readonly received = new Set<string>();
  /** By currency. */
  readonly totals = new Map<string, Totals>();

  constructor(path: string) {
    this.#reader = new BookReader(path);
  }

  /** Reads what has been added, and puts its times on the clock of the histories. */
  update(): void {
    for (const { at, moved, received } of this.#reader.read()) {
      if (received) this.received.add(received);
      if (!moved) continue;
      const movement = { ...moved, at: at - performance.timeOrigin };
      this.#movements.set(moved.payment, [...(this.#movements.get(moved.payment) ?? []), movement]);
      const totals = this.totals.get(moved.currency) ?? { authorized: 0, captured: 0, voided: 0, refunded: 0 };
      this.totals.set(moved.currency, { ...totals, [moved.what]: totals[moved.what] + moved.amount });
    }
  }

  /** In the order in which they happened. */
  of(payment: string): readonly Movement[] {
    return this.#movements.get(payment) ?? [];
  }

  /** All payments that the provider has money of. */
  get payments(): string[] {
    return [...this.#movements.keys()];
  }
}
