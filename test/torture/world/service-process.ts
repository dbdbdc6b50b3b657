import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hasEnded } from '@boxoffice/local-servers/server';

export interface ServiceRecipe {
  /** E.g. `worker-2`: also the name of its log. */
  name: string;
  /** The program. */
  script: string;
  /** Working directory, by which one that was left over is recognised. */
  folder: string;
  /** Where it answers `/livez`. */
  port: number;
  env: Record<string, string>;
}

/** Longer than a service takes to stop by itself. */
const stopTimeoutMs = 12_000;
const startTimeoutMs = 30_000;

/** A service that is killed, frozen, stopped and started again, any number of times. */
export class ServiceProcess {
  readonly name: string;
  readonly recipe: ServiceRecipe;
  readonly logFile: string;
  #child: ChildProcess | null = null;
  /** Unexpected exits, with signal or exit code. */
  readonly crashes: string[] = [];
  #expected = true;

  constructor(recipe: ServiceRecipe) {
    this.name = recipe.name;
    this.recipe = recipe;
    this.logFile = join(recipe.folder, `${recipe.name}.log`);
  }

  get pid(): number | null {
    return this.#child && !hasEnded(this.#child) ? (this.#child.pid ?? null) : null;
  }

  /** Starts the process; resolves once it answers `/livez`, or is gone again. */
  async start(): Promise<void> {
    if (this.pid !== null) return;
    const { script, folder, env } = this.recipe;
    const log = openSync(this.logFile, 'a', 0o600);
    const child = spawn(process.execPath, [script], {
      cwd: folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
      detached: true, // Ctrl-C reaches us alone, and we end the services
    });
    closeSync(log);
    this.#child = child;
    this.#expected = false;
    child.once('error', (error) => this.crashes.push(error.message));
    child.once('exit', (code, signal) => {
      if (this.#child === child && !this.#expected) this.crashes.push(`ended by itself (${signal ?? `code ${code}`})`);
    });
    await this.#alive(child);
  }

  signal(signal: NodeJS.Signals): void {
    if (signal === 'SIGKILL' || signal === 'SIGTERM') this.#expected = true;
    if (this.pid !== null) this.#child?.kill(signal);
  }

  /** SIGKILL; resolves when the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM, and SIGKILL when it has not ended after 12 s. */
  async stop(): Promise<void> {
    this.signal('SIGCONT');
    await this.#end('SIGTERM');
  }

  /** Empties its log: a round went well. */
  clearLog(): void {
    try {
      const log = openSync(this.logFile, 'r+');
      ftruncateSync(log);
      closeSync(log);
    } catch {
      // never started
    }
  }

  endOfLog(): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || hasEnded(child)) return;
    const exited = once(child, 'exit');
    this.signal(signal);
    const killer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(killer);
  }

  async #alive(child: ChildProcess): Promise<void> {
    const deadline = performance.now() + startTimeoutMs;
    while (!hasEnded(child) && performance.now() < deadline) {
      const answer = await fetch(`http://127.0.0.1:${this.recipe.port}/livez`, { signal: AbortSignal.timeout(500) })
        .then((response) => response.ok)
        .catch(() => false);
      if (answer) return;
      await delay(50);
    }
  }
}
