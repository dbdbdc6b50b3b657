import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from '@boxoffice/local-servers/plain-error';

const root = resolve(import.meta.dirname, '../..');

/** The working directory of a service. It identifies processes that an earlier start left behind. */
export const folderOf = (kind: string): string => join(root, 'services', kind);

/** How to run one process of a service. */
export interface ServiceRecipe {
  /** Its name in the output: `gateway`, `worker 2`. */
  name: string;
  kind: 'gateway' | 'catalog' | 'booking-worker';
  env: Record<string, string>;
  /** The URL of its /readyz. */
  healthUrl: string;
  onLine(line: string): void;
  /** Called with a sentence that says how it died and what happens next. */
  onDeath(text: string): void;
  onStart(pid: number): void;
}

export interface Service {
  /**
   * Waits until /readyz responds with 200.
   *
   * @throws {PlainError} with its last log lines when that takes more than two minutes or it keeps dying
   */
  ready(signal: AbortSignal): Promise<void>;
  /** SIGTERM, and SIGKILL after 10 s. */
  stop(): Promise<void>;
}

/** A machine that is slow and busy needs most of a minute to load the code for the first time. */
const readyTimeoutMs = 120_000;
const stopTimeoutMs = 10_000;
const firstBackoffMs = 500;
const longestBackoffMs = 10_000;
/** Backoff starts over for a process that has lived this long. */
const stableMs = 30_000;
const deathsBeforeReady = 3;
const lastLinesKept = 15;
/** EX_CONFIG: the service rejects its configuration, so there is no point in restarting it. */
const refusedExitCode = 78;

/** Starts a service and restarts it whenever it dies, with exponential backoff. */
export function keepRunning(recipe: ServiceRecipe): Service {
  const stopping = new AbortController();
  const lastLines: string[] = [];
  let child: ChildProcess | undefined;
  let deaths = 0;
  let refused = false;
  const finished = run();

  async function run(): Promise<void> {
    for (let pause = 0; !stopping.signal.aborted; ) {
      const startedAt = performance.now();
      child = launch();
      const cause = await endOf(child);
      if (stopping.signal.aborted) return;
      deaths++;
      refused = cause === `exit code ${refusedExitCode}`;
      if (refused) return recipe.onDeath(`${recipe.name} rejects its configuration; see its last log line`);
      const previous = performance.now() - startedAt > stableMs ? 0 : pause;
      pause = Math.min(previous * 2 || firstBackoffMs, longestBackoffMs);
      recipe.onDeath(`${recipe.name} died (${cause}); starting it again in ${pause / 1000} s`);
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  function launch(): ChildProcess {
    const started = spawn(process.execPath, [join(folderOf(recipe.kind), 'src/server.ts')], {
      cwd: folderOf(recipe.kind),
      env: { ...process.env, ...recipe.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C must reach only the start itself, which stops its services in order.
      detached: true,
    });
    for (const input of [started.stdout, started.stderr]) {
      createInterface({ input }).on('line', (line) => {
        lastLines.push(line);
        if (lastLines.length > lastLinesKept) lastLines.shift();
        recipe.onLine(line);
      });
    }
    if (started.pid) recipe.onStart(started.pid);
    return started;
  }

  return {
    async ready(signal) {
      const deadline = performance.now() + readyTimeoutMs;
      const complaint = (what: string) =>
        new PlainError(`${recipe.name} ${what}. Its last log lines:\n${lastLines.join('\n')}`);
      while (!(await respondsOk(recipe.healthUrl))) {
        signal.throwIfAborted();
        if (refused) throw complaint('rejects its configuration');
        if (deaths >= deathsBeforeReady) throw complaint(`died ${deaths} times before it was ready`);
        if (performance.now() > deadline) throw complaint(`was not ready within ${readyTimeoutMs / 1000} s`);
        await delay(100);
      }
    },
    async stop() {
      stopping.abort();
      child?.kill('SIGTERM');
      const killer = setTimeout(() => child?.kill('SIGKILL'), stopTimeoutMs);
      await finished;
      clearTimeout(killer);
    },
  };
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = await once(child, 'exit');
    return signal ?? `exit code ${code}`;
  } catch (error) {
    return (error as Error).message; // it could not be spawned
  }
}

/** Whether this URL responds with success. */
export async function respondsOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
