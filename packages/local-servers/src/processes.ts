/** Information about processes: from /proc on Linux, from pgrep, ps and lsof elsewhere. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const linux = process.platform === 'linux';

/**
 * Whether a process runs. A zombie does not, unless only its main thread has ended: the others still hold
 * its ports.
 */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const stat = linux ? statOf(pid) : null;
  return !(stat?.state === 'Z' && stat.threads <= 1);
}

/**
 * Whether a process has this folder as its working directory. This distinguishes a server left behind
 * from an unrelated process with a recycled pid: PostgreSQL and Redis rewrite their command lines, but stay
 * in their data folder.
 */
export function runsIn(pid: number, folder: string): boolean {
  try {
    const cwd = linux
      ? readlinkSync(`/proc/${pid}/cwd`)
      : (/^n(.*)$/m.exec(spawnSync('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn']).stdout.toString())?.[1] ??
        '');
    return isAlive(pid) && cwd === realpathSync(folder);
  } catch {
    return false;
  }
}

/** The pids of the children of a process. */
export function childrenOf(pid: number): number[] {
  if (!linux)
    return spawnSync('pgrep', ['-P', String(pid)])
      .stdout.toString()
      .split('\n')
      .filter(Boolean)
      .map(Number);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((candidate) => statOf(candidate)?.parent === pid);
}

/** The command line of a process, or null when it has none. */
export function commandOf(pid: number): string | null {
  try {
    const command = linux
      ? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      : spawnSync('ps', ['-p', String(pid), '-o', 'command=']).stdout.toString();
    return command.trim() || null;
  } catch {
    return null;
  }
}

/** The parent's pid, or null when the process is gone. Always null outside Linux. */
export function parentOf(pid: number): number | null {
  return (linux && statOf(pid)?.parent) || null;
}

/** Sends a signal to each process, ignoring those that are gone. */
export function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    if (pid <= 1) continue; // 0 and below name whole groups
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** Waits for a process that need not be our child to end. Returns false when it has not after `timeoutMs`. */
export async function ended(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

/** `stat` is "pid (name) state parent … threads …"; the name itself may contain spaces and parentheses. */
function statOf(pid: number): { state: string; parent: number; threads: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', parent: Number(fields[1]), threads: Number(fields[17]) };
  } catch {
    return null;
  }
}
