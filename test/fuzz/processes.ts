import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SpawnedService } from '@boxoffice/testing/service';

/** How often the memory of the processes is measured, in milliseconds. */
const measureEveryMs = 2_000;

/** Measures the resident memory of processes from its start to its stop. */
export class MemoryWatch {
  readonly #pids: string;
  readonly #measurements: number[][] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(services: readonly SpawnedService[]) {
    this.#pids = services.map(({ pid }) => pid).join();
  }

  async start(): Promise<void> {
    await this.#measure();
    this.#timer = setInterval(() => void this.#measure().catch(() => undefined), measureEveryMs);
  }

  /** @throws when one of the processes has ended */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#measure();
  }

  get peakMb(): number {
    return Math.max(...this.#measurements.flat());
  }

  get line(): string {
    const processes =
      this.#measurements[0]?.map((_, index) => this.#measurements.map((sizes) => sizes[index] ?? 0)) ?? [];
    const figures = processes.map((sizes) => `${sizes[0]} → ${sizes.at(-1)} (peak ${Math.max(...sizes)})`);
    return `memory by process in MB: ${figures.join(', ')}`;
  }

  async #measure(): Promise<void> {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', this.#pids]);
    const sizes = stdout
      .trim()
      .split('\n')
      .map((kilobytes) => Math.round(Number(kilobytes) / 1_024));
    if (sizes.length < this.#pids.split(',').length) throw new Error('a process has ended');
    this.#measurements.push(sizes);
  }
}

/** Log lines that no request may cause. */
export function faultsIn(logs: readonly string[]): string[] {
  const faults = logs.filter((line) => /"level":"(error|fatal)"/.test(line) || !line.startsWith('{'));
  return faults.map((line) => line.slice(0, 600)).slice(0, 20);
}
