import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from './plain-error.ts';
import { childrenOf, ended, runsIn, signalAll } from './processes.ts';

/** A database server that runs as a child process. Ctrl-C in the terminal does not reach it. */
export interface Server {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** Of the current process: `restart` changes it. */
  readonly pid: number;
  /** Stops it gracefully, or by force after 10 s. Does nothing if it is already stopped. */
  stop(): Promise<void>;
  /** Signals the server and its children: SIGKILL simulates a crash, SIGSTOP a freeze that SIGCONT ends. */
  kill(signal: NodeJS.Signals): void;
  /** Stops it if it runs and starts it again, with the same port and data. */
  restart(): Promise<void>;
  /** Calls back when the server ends unexpectedly. */
  onDeath(listener: (cause: string) => void): void;
}

/** How to run a server. */
export interface ServerRecipe {
  name: string;
  url: string;
  port: number;
  command: [string, ...string[]];
  env?: Record<string, string>;
  /** Its working directory. It identifies a server that an earlier process left behind. */
  folder: string;
  /** The file to which it writes its pid (first line). */
  pidFile: string;
  /** File for its output, truncated at every start. */
  logFile: string;
  /** Matches its log once it accepts connections. */
  ready: RegExp;
  /** Matches its log when it is worth retrying: children of its dead predecessor are still shutting down. */
  tryAgain?: RegExp;
  stopSignal: NodeJS.Signals;
  /** Replaces signalling the process, for a server in a container. */
  signal?: (signal: NodeJS.Signals) => void;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;

/**
 * Starts a server and waits until it accepts connections. First stops one that a killed process left
 * running in the same folder.
 *
 * @throws with the end of the server's log when it does not start within a minute
 */
export async function startServer(recipe: ServerRecipe): Promise<Server> {
  await stopLeftOver(recipe);
  let child = await launch(recipe);
  let wanted = true;
  const listeners: ((cause: string) => void)[] = [];

  const signal = recipe.signal ?? ((name) => signalAll([pidOf(child), ...childrenOf(pidOf(child))], name));
  const watch = () => {
    const current = child;
    current.once('exit', (code, name) => {
      if (!wanted || current !== child) return;
      for (const listener of listeners) listener(name ?? `exit code ${code}`);
    });
  };
  const stop = async () => {
    wanted = false;
    if (hasEnded(child)) return;
    const exited = once(child, 'exit');
    signal('SIGCONT');
    child.kill(recipe.stopSignal);
    const killer = setTimeout(() => signal('SIGKILL'), stopTimeoutMs);
    await exited;
    clearTimeout(killer);
  };
  watch();

  return {
    name: recipe.name,
    url: recipe.url,
    port: recipe.port,
    get pid() {
      return pidOf(child);
    },
    stop,
    kill(name) {
      // A requested crash is not reported.
      if (name === 'SIGKILL') wanted = false;
      signal(name);
    },
    async restart() {
      await stop();
      child = await launch(recipe);
      wanted = true;
      watch();
    },
    onDeath(listener) {
      listeners.push(listener);
    },
  };
}

/** The last lines of a server's log. */
function endOfLog({ logFile }: ServerRecipe): string {
  if (!existsSync(logFile)) return '';
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}

async function launch(recipe: ServerRecipe): Promise<ChildProcess> {
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const child = await launchOnce(recipe, deadline);
    if (child) return child;
    const log = endOfLog(recipe);
    if (!recipe.tryAgain?.test(log) || performance.now() > deadline)
      throw new PlainError(`${recipe.name} did not start:\n${log}`);
    await delay(100);
  }
}

/** Returns null when the process ended before it was ready. */
async function launchOnce(recipe: ServerRecipe, deadline: number): Promise<ChildProcess | null> {
  const [file, ...args] = recipe.command;
  // A file, not a pipe: the server must survive the death of the process that started it, and keep its log.
  const log = openSync(recipe.logFile, 'w', 0o600);
  const child = spawn(file, args, {
    cwd: recipe.folder,
    env: { ...process.env, ...recipe.env },
    stdio: ['ignore', log, log],
    // Its own session: Ctrl-C must not reach it, because servers are stopped after the services.
    detached: true,
  });
  closeSync(log);
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (;;) {
    await delay(20);
    if (failure) throw new PlainError(`${recipe.name} could not be run: ${failure.message}`);
    if (hasEnded(child)) return null;
    if (recipe.ready.test(readFileSync(recipe.logFile, 'utf8'))) return child;
    if (performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new PlainError(`${recipe.name} was not ready after ${startTimeoutMs / 1000} s:\n${endOfLog(recipe)}`);
    }
  }
}

async function stopLeftOver(recipe: ServerRecipe): Promise<void> {
  if (!existsSync(recipe.pidFile)) return;
  const pid = Number.parseInt(readFileSync(recipe.pidFile, 'utf8'), 10);
  if (!(pid > 1) || !runsIn(pid, recipe.folder)) return;
  signalAll([pid, ...childrenOf(pid)], 'SIGCONT');
  signalAll([pid], recipe.stopSignal);
  if (await ended(pid, stopTimeoutMs)) return;
  signalAll([pid, ...childrenOf(pid)], 'SIGKILL');
  await ended(pid, stopTimeoutMs);
}

const pidOf = (child: ChildProcess): number => child.pid ?? 0;
/** Whether a child process has ended. */
export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
