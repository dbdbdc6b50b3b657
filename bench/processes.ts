/** What processes cost: CPU time and memory. Linux: /proc; elsewhere `ps`, which rounds. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childrenOf } from '@boxoffice/local-servers/processes';

/** The processes of a system by what they are: each name with its pid. */
export type Processes = Record<string, number>;

/** Seconds or bytes by name; a process that cannot be looked into is left out. */
export type ByProcess = Record<string, number>;

/** The kernel counts CPU time in hundredths of a second, whatever its own clock (USER_HZ). */
const ticksPerSecond = 100;

/**
 * CPU time so far in seconds, of each process with its children: those that run, and those that ended.
 */
export function cpuSeconds(processes: Processes): ByProcess {
  return byProcess(processes, (pid) => {
    const own = cpuOf(pid);
    return own === null ? null : childrenOf(pid).reduce((sum, child) => sum + (cpuOf(child) ?? 0), own);
  });
}

/** CPU time in seconds of children of this process that have ended: of load generators, while nothing else ends. */
export function cpuSecondsOfEnded(): number {
  if (process.platform !== 'linux') return 0;
  return ticksOf(process.pid, 13) / ticksPerSecond;
}

/** CPU seconds between two looks. */
export function spent(before: ByProcess, after: ByProcess): ByProcess {
  return Object.fromEntries(
    Object.entries(after).flatMap(([name, seconds]) => {
      const earlier = before[name];
      return earlier === undefined ? [] : [[name, Math.max(0, seconds - earlier)]];
    }),
  );
}

/**
 * Memory in bytes. Of PostgreSQL, whose processes share much of theirs, what each has to itself; of
 * every other process its resident set.
 */
export function memoryBytes(processes: Processes): ByProcess {
  return Object.fromEntries(
    Object.entries(processes).flatMap(([name, pid]) => {
      const bytes =
        name === 'postgres'
          ? [pid, ...childrenOf(pid)].reduce((sum, one) => sum + (residentBytes(one, 'RssAnon') ?? 0), 0)
          : residentBytes(pid, 'VmRSS');
      return bytes ? [[name, bytes]] : [];
    }),
  );
}

function byProcess(processes: Processes, look: (pid: number) => number | null): ByProcess {
  return Object.fromEntries(
    Object.entries(processes).flatMap(([name, pid]) => {
      const found = look(pid);
      return found === null ? [] : [[name, found]];
    }),
  );
}

function cpuOf(pid: number): number | null {
  try {
    if (process.platform !== 'linux') return secondsOfPs(ps(pid, 'time='));
    return ticksOf(pid, 11) / ticksPerSecond;
  } catch {
    return null;
  }
}

/** From field 11 after the name: user and system time, and the same of children that ended (13). */
function ticksOf(pid: number, from: 11 | 13): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(from, 15).reduce((sum, ticks) => sum + Number(ticks), 0);
}

function residentBytes(pid: number, field: 'VmRSS' | 'RssAnon'): number | null {
  try {
    const kilobytes =
      process.platform === 'linux'
        ? new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
        : ps(pid, 'rss=');
    return kilobytes ? Number(kilobytes) * 1_024 : null;
  } catch {
    return null;
  }
}

const ps = (pid: number, column: string) =>
  spawnSync('ps', ['-p', String(pid), '-o', column])
    .stdout.toString()
    .trim();

/** `[hours:]minutes:seconds` */
function secondsOfPs(time: string): number | null {
  return time ? time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) : null;
}
