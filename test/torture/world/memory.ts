import { readFileSync } from 'node:fs';
import type { Violation } from '../checker/history.ts';
import type { World } from './world.ts';

const everyMs = 1_000;
/**
 * Limits, in MiB. While there is memory, V8 lets a heap grow to several times what lives in it: a gateway under load
 * levels off below 600 MiB.
 */
const processLimitMiB = 640;
const redisLimitMiB = 64;

/** Samples the memory of each process and of Redis. */
export class Memory {
  readonly most = new Map<string, number>();
  readonly #world: World;
  readonly #timer: NodeJS.Timeout;

  constructor(world: World) {
    this.#world = world;
    this.#timer = setInterval(() => void this.#look(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  violations(): Violation[] {
    return [...this.most]
      .filter(([name, mib]) => mib > (name === 'redis' ? redisLimitMiB : processLimitMiB))
      .map(([name]) => ({
        rule: 'memory',
        text: `${name} took more than ${name === 'redis' ? redisLimitMiB : processLimitMiB} MiB`,
      }));
  }

  async #look(): Promise<void> {
    for (const { name, pid } of this.#world.services) if (pid !== null) this.#note(name, residentMiB(pid));
    const info = await Promise.race([this.#world.servers.command('info', 'memory'), timeout()]).catch(() => '');
    const used = /^used_memory:(\d+)/m.exec(String(info))?.[1];
    if (used) this.#note('redis', Number(used) / 1_024 ** 2);
  }

  #note(name: string, mib: number): void {
    this.most.set(name, Math.max(this.most.get(name) ?? 0, mib));
  }
}

/** Redis may be frozen: the next look asks again. */
const timeout = () => new Promise<string>((resolve) => setTimeout(() => resolve(''), everyMs).unref());

function residentMiB(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
