/** CPU time and memory of processes, from /proc on Linux and from `ps`, which rounds, elsewhere. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { childrenOf } from '@boxoffice/local-servers/processes';

/** The pids of a system's processes, by name. */
export type Processes = Record<string, number>;

/** Seconds or bytes by process name; processes that cannot be read are left out. */
export type ByProcess = Record<string, number>;

/** The kernel reports CPU time in hundredths of a second, whatever its internal clock (USER_HZ). */
const ticksPerSecond = 100;

/** CPU time so far in seconds, of each process including its running and ended children. */
export function cpuSeconds(processes: Processes): ByProcess {
  return byProcess(processes, (pid) => {
    const own = cpuOf(pid);
    return own === null ? null : childrenOf(pid).reduce((sum, child) => sum + (cpuOf(child) ?? 0), own);
  });
}

/** CPU time in seconds of this process's ended children: the load generators, as long as nothing else ends. */
export function cpuSecondsOfEndedChildren(): number {
  if (process.platform !== 'linux') return 0;
  return ticksOf(process.pid, 13) / ticksPerSecond;
}

/** CPU time per request in microseconds, given the seconds of all of them. */
export const microsPer = (requests: number, seconds: ByProcess): ByProcess =>
  Object.fromEntries(Object.entries(seconds).map(([name, cpu]) => [name, (cpu * 1e6) / Math.max(requests, 1)]));

/** Sums up all processes but the load generator. */
export function allButLoad(figures: ByProcess): number {
  return Object.entries(figures).reduce((sum, [name, figure]) => (name === 'load' ? sum : sum + figure), 0);
}

/** Subtracts an earlier measurement, process by process. */
export function difference(before: ByProcess, after: ByProcess): ByProcess {
  return Object.fromEntries(
    Object.entries(after).flatMap(([name, seconds]) => {
      const earlier = before[name];
      return earlier === undefined ? [] : [[name, Math.max(0, seconds - earlier)]];
    }),
  );
}

/**
 * Memory in bytes: the resident set of each process, except for PostgreSQL, where it is the private memory
 * of all its processes, because most of their resident memory is shared.
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

function byProcess(processes: Processes, read: (pid: number) => number | null): ByProcess {
  return Object.fromEntries(
    Object.entries(processes).flatMap(([name, pid]) => {
      const value = read(pid);
      return value === null ? [] : [[name, value]];
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

/** Sums the fields after the name from 11 (user and system time) or 13 (the same of ended children) up to 14. */
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
