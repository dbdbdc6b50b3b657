import type pg from 'pg';
import type { Processes } from '../processes.ts';
import type { SystemName } from '../workloads.ts';

/** Something that sells seats, up and running. */
export interface System {
  name: SystemName;
  /** Where it listens. */
  url: string;
  /** Everything that works for it, servers included. */
  processes: Processes;
  /** Its database, with every right. */
  pool: pg.Pool;
  /** Puts so many shows on the programme, with seats for a run; gives their ids. */
  addShows(count: number): Promise<number[]>;
  /** What the rows of these shows amount to. */
  rowsOf(shows: number[]): Promise<RowCounts>;
  /**
   * Resolves once every accepted request has its outcome, and stays so; gives the moment from which on
   * it was so, on the clock of `performance.now()`.
   *
   * @throws when that takes more than two minutes
   */
  drained(signal: AbortSignal): Promise<number>;
  /** What should not be in its queues after `drained`, in words. */
  leftOver(): Promise<string[]>;
}

export interface RowCounts {
  booked: number;
  cancelled: number;
  /** Seats that more than one booking has; a unique key should make it impossible. */
  soldTwice: number;
  /** Bookings without their claim, and claims without their booking. */
  adrift: number;
}

/** What was started and has to be stopped, last first. */
export class Started {
  readonly #stops: (() => Promise<unknown>)[] = [];

  add(stop: () => Promise<unknown>): void {
    this.#stops.push(stop);
  }

  /** Stops everything; one that fails does not keep the others from being stopped. */
  async stop(): Promise<void> {
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) await stop().catch(() => {});
  }
}
