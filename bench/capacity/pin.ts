import { spawnSync } from 'node:child_process';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { childrenOf } from '@boxoffice/local-servers/processes';
import type { Processes } from '../runs/processes.ts';
import type { Point } from './measurements.ts';

export type Pins = Point['pinned'];

/**
 * Binds processes to cores with `taskset`; kinds that are not named stay unbound. Processes that they start later, such as
 * PostgreSQL's backends, inherit the binding. `load` is this process, and the generators that it starts.
 *
 * @throws {PlainError} when there is no `taskset`, or no such core
 */
export function pin(processes: Processes, pins: Pins): void {
  for (const [kind, cores] of Object.entries(pins)) {
    const pids =
      kind === 'load'
        ? [process.pid]
        : Object.entries(processes).flatMap(([name, pid]) => (name.replace(/ \d+$/, '') === kind ? [pid] : []));
    if (pids.length === 0) throw new PlainError(`--pin names ${kind}, but there is no such process.`);
    // The cores of a kind are assigned one to each process; PostgreSQL's many processes and the load share theirs.
    const dealt = cores.split('+');
    for (const [index, pid] of pids.entries()) {
      const own = pids.length > 1 ? (dealt[index % dealt.length] ?? cores) : dealt.join(',');
      for (const each of [pid, ...childrenOf(pid)]) setAffinity(each, own);
    }
  }
}

function setAffinity(pid: number, cores: string): void {
  // All threads, including those for garbage collection and I/O.
  const { error, status, stderr } = spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, String(pid)], {
    encoding: 'utf8',
  });
  if (error) throw new PlainError(`--pin needs taskset, from util-linux: ${error.message}`);
  if (status !== 0) throw new PlainError(`taskset cannot bind process ${pid} to ${cores}: ${stderr.trim()}`);
}
