import type { HttpClient } from './http.ts';
import type { Recorder } from './recorder.ts';
import type { Stopwatch } from './stopwatch.ts';

/** Dependencies shared by all buyers. */
export interface Market {
  gateways: readonly HttpClient[];
  /** Where the payment provider has its checkouts. */
  providerUrl: string;
  recorder: Recorder;
  stopwatch: Stopwatch;
  sign(user: number, role?: 'user' | 'admin'): string;
  /** When the cancellation of a show was first asked for; undefined: it was not. */
  cancellationOf(show: number): number | undefined;
  /** The round is over: leave as soon as you can. */
  closing(): boolean;
  /** How much of the time between `from` and now this machine lost, in milliseconds. */
  lostSince(from: number): number;
  /** Every call that is sent. */
  count(): void;
  /** Every complete response. */
  countAnswer(): void;
}
