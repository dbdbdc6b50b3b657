import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { PlainError } from './plain-error.ts';
import { childrenOf, ended, runsIn, signalAll } from './processes.ts';

/** A database server that runs as a child process and outlives a Ctrl-C in the terminal. */
export interface Server {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  /** Of the process that runs now; another one after `restart`. */
  readonly pid: number;
  /** Stops it in an orderly way, by force after 10 s; does nothing when it is stopped. */
  stop(): Promise<void>;
  /** Signals the server and its children at once: SIGKILL is a crash, SIGSTOP a freeze, SIGCONT the end of it. */
  kill(signal: NodeJS.Signals): void;
  /** Stops it if need be and starts it again, with the same port and data. */
  restart(): Promise<void>;
  /** Calls back when the server ends though nobody asked it to. */
  onDeath(listener: (cause: string) => void): void;
}

/** What one server needs to be run. */
export interface ServerRecipe {
  name: string;
  url: string;
  port: number;
  command: [string, ...string[]];
  env?: Record<string, string>;
  /** Its working directory, by which a left-over one is recognised. */
  folder: string;
  /** The file in which it notes its pid (first line). */
  pidFile: string;
  /** Its output, begun anew at every start. */
  logFile: string;
  /** What its log says once it accepts connections. */
  ready: RegExp;
  /** What its log says when a second try is worth it: a dead predecessor's children are still going. */
  tryAgain?: RegExp;
  stopSignal: NodeJS.Signals;
  /** Replaces signalling the process, for one that runs in a container. */
  signal?: (signal: NodeJS.Signals) => void;
}

const startTimeoutMs = 60_000;
const stopTimeoutMs = 10_000;

/**
 * Stops what an earlier, killed process left running in the same folder, starts the server and waits
 * until it accepts connections.
 *
 * @throws with the end of the server's log when it does not come up within a minute
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
      // A crash that was asked for is not reported as one.
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

/** The last lines that a server wrote. */
function endOfLog({ logFile }: ServerRecipe): string {
  if (!existsSync(logFile)) return '';
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}

async function launch(recipe: ServerRecipe): Promise<ChildProcess> {
  const deadline = Date.now() + startTimeoutMs;
  for (;;) {
    const child = await launchOnce(recipe, deadline);
    if (child) return child;
    const log = endOfLog(recipe);
    if (!recipe.tryAgain?.test(log) || Date.now() > deadline)
      throw new PlainError(`${recipe.name} did not start:\n${log}`);
    await delay(100);
  }
}

/** Gives null when the process ended before it was ready. */
async function launchOnce(recipe: ServerRecipe, deadline: number): Promise<ChildProcess | null> {
  const [file, ...args] = recipe.command;
  // A file, not a pipe: whoever started the server may die, and the server must not lose its output then.
  const log = openSync(recipe.logFile, 'w', 0o600);
  const child = spawn(file, args, {
    cwd: recipe.folder,
    env: { ...process.env, ...recipe.env },
    stdio: ['ignore', log, log],
    // A session of its own: Ctrl-C reaches us, and we stop the servers after the services.
    detached: true,
  });
  closeSync(log);
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  for (;;) {
    await delay(20);
    if (failure) throw new PlainError(`${recipe.name} cannot be run: ${failure.message}`);
    if (hasEnded(child)) return null;
    if (recipe.ready.test(readFileSync(recipe.logFile, 'utf8'))) return child;
    if (Date.now() > deadline) {
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
/** Whether a process that was started is gone. */
export const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
