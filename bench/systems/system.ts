import type pg from 'pg';
import type { Processes } from '../runs/processes.ts';
import type { SystemName } from '../workloads/workloads.ts';

/** A running system that sells seats. */
export interface System {
  name: SystemName;
  url: string;
  /** One URL for each gateway; only Boxoffice may have several. */
  urls?: string[];
  /** Its processes, including the servers it uses. */
  processes: Processes;
  /** Its database, as superuser. */
  pool: pg.Pool;
  /** Adds this many shows with this many seats, by default enough for a run; returns their ids. */
  addShows(count: number, seats?: number): Promise<number[]>;
  countRows(shows: number[]): Promise<RowCounts>;
  /** What is held or booked of a show, in the order in which it was decided. */
  liveBookings(show: number): Promise<LiveBooking[]>;
  /**
   * Resolves once every accepted request has, and keeps, its outcome; returns the time since when that has
   * been the case, by `performance.now()`.
   *
   * @throws when it takes more than two minutes
   */
  drained(signal: AbortSignal): Promise<number>;
  /** Describes what should not be in the queues after `drained`, a phrase each. */
  queueLeftovers(): Promise<string[]>;
}

export interface LiveBooking {
  id: string;
  seats: string[];
  status: 'held' | 'booked';
}

export interface RowCounts {
  booked: number;
  cancelled: number;
  /** Seats with more than one booking; a unique key should make this impossible. */
  soldTwice: number;
  /** Bookings without their claim, and claims without their booking. */
  unmatched: number;
}
