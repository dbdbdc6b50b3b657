import { readFileSync } from 'node:fs';
import { now } from './now.ts';

const everyMs = 20;
/** Samples are kept this long, in milliseconds. */
const keptMs = 60_000;

/**
 * How far this machine is behind: by how much our own timers are late, and for how long each gateway
 * was ready to run and had no processor. A client's stopwatch counts both, and neither is the product's.
 */
export class Lateness {
  readonly #pids: () => (number | null)[];
  readonly #samples: { at: number; lateMs: number; waitedMs: number[] }[] = [];
  readonly #timer: NodeJS.Timeout;
  #waited: number[] = [];

  /** @param pids of the gateways that run now */
  constructor(pids: () => (number | null)[]) {
    this.#pids = pids;
    let due = now() + everyMs;
    this.#timer = setInterval(() => {
      const at = now();
      this.#samples.push({ at, lateMs: Math.max(0, at - due), waitedMs: this.#gateways() });
      due = at + everyMs;
      while ((this.#samples[0]?.at ?? at) < at - keptMs) this.#samples.shift();
    }, everyMs);
  }

  /** How much of the time between `from` and now neither we nor this gateway could use, in milliseconds. */
  since(from: number, gateway: number): number {
    let sum = 0;
    for (let index = this.#samples.length - 1; index >= 0; index--) {
      const sample = this.#samples[index];
      if (!sample || sample.at < from) break;
      sum += sample.lateMs + (sample.waitedMs[gateway] ?? 0);
    }
    return sum;
  }

  /** How much of the time between `from` and now this machine lost: what any of the gateways could not use. */
  lostSince(from: number): number {
    return Math.max(...this.#pids().map((_, gateway) => this.since(from, gateway)));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** How long each gateway has waited for a processor since the previous sample. */
  #gateways(): number[] {
    return this.#pids().map((pid, index) => {
      const total = pid === null ? 0 : waitedFor(pid);
      const before = this.#waited[index] ?? 0;
      this.#waited[index] = total;
      return total > before && before > 0 ? total - before : 0;
    });
  }
}

/** Milliseconds that a process has waited for a processor in all; 0 where the system does not tell. */
function waitedFor(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
