import { setTimeout as delay } from 'node:timers/promises';
import { now } from '../clients/now.ts';

export interface FaultEntry {
  kind: string;
  target: string;
  /** Gateways that nobody could expect an answer from. */
  silences: number[];
  /** Nothing else was wrong. */
  single: boolean;
  from: number;
  /** When ending it began, and when the target was running again. */
  healedFrom: number | null;
  to: number | null;
  /** By partition: from its beginning to the first success of a request sent after it, in milliseconds. */
  serviceAfterBegin: (number | null)[];
  /** The same from its end. */
  serviceAfterEnd: (number | null)[];
}

/** How long a gateway may need to work off its backlog after a fault, in milliseconds. */
const reviveMs = 500;

/** Records every fault, and how soon each partition decided something again. */
export class FaultLog {
  readonly entries: FaultEntry[] = [];
  /** The longest that a partition decided nothing, in milliseconds. */
  worstGapMs = 0;
  /** Requests that were decided while a fault was active. */
  decidedUnderFault = 0;
  readonly #partitions: number;
  #lastSuccess: (number | null)[] = [];
  /** Faults whose times are not all known yet. */
  #open: FaultEntry[] = [];

  readonly #write: (line: string) => void;

  /** @param write takes a line for each beginning and end, to be laid beside the logs of the services */
  constructor(partitions: number, write: (line: string) => void = () => undefined) {
    this.#partitions = partitions;
    this.#write = write;
  }

  begin(fault: Pick<FaultEntry, 'kind' | 'target' | 'silences' | 'single'>): FaultEntry {
    const unknown = () => Array<number | null>(this.#partitions).fill(null);
    const entry = {
      ...fault,
      from: now(),
      healedFrom: null,
      to: null,
      serviceAfterBegin: unknown(),
      serviceAfterEnd: unknown(),
    };
    this.entries.push(entry);
    this.#open.push(entry);
    this.#note('begins', entry);
    return entry;
  }

  healing(entry: FaultEntry): void {
    entry.healedFrom = now();
  }

  end(entry: FaultEntry): void {
    entry.to = now();
    this.#note('over', entry);
  }

  /** Resolves when every partition has recovered from every fault that is over, or after `forMs`. */
  async recovered(forMs: number): Promise<void> {
    const open = () => this.#open.some(({ to, serviceAfterEnd }) => to !== null && serviceAfterEnd.includes(null));
    for (const until = now() + forMs; open() && now() < until; ) await delay(50);
  }

  /** Faults that are not over. */
  get active(): FaultEntry[] {
    return this.#open.filter(({ to }) => to === null);
  }

  success({ show, called, told }: { show: number; called: number; told: number }): void {
    const partition = show % this.#partitions;
    if (this.#open.some(({ to }) => to === null)) this.decidedUnderFault++;
    const before = this.#lastSuccess[partition];
    if (before) this.worstGapMs = Math.max(this.worstGapMs, told - before);
    this.#lastSuccess[partition] = told;
    for (const entry of this.#open) {
      if (called >= entry.from) entry.serviceAfterBegin[partition] ??= told - entry.from;
      if (entry.to !== null && called >= entry.to) entry.serviceAfterEnd[partition] ??= told - entry.to;
    }
  }

  /** Whether an answer of this gateway could be expected all the time from `from` to `to`. */
  readonly reachable = (gateway: number, from: number, to: number): boolean =>
    !this.#open.some(
      (entry) => entry.silences.includes(gateway) && entry.from <= to && (entry.to ?? to) + reviveMs >= from,
    );

  /** Whether no fault was active at any time from `from` to `to`. */
  readonly calm = (from: number, to: number): boolean => this.between(from, to).length === 0;

  /** Faults that were active at some time from `from` to `to`. */
  between(from: number, to: number): FaultEntry[] {
    return this.entries.slice(-500).filter((entry) => entry.from <= to && (entry.to ?? to) >= from);
  }

  #note(what: string, { kind, target }: FaultEntry): void {
    this.#write(`${new Date().toISOString()} ${what.padEnd(6)} ${kind} (${target})\n`);
  }

  /** The load has stopped: recovery times that are still unknown stay unknown. */
  pause(): void {
    this.#open = [];
    this.#lastSuccess = [];
  }
}
