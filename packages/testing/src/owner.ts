/** Test runs name themselves, so that a later run can clear away what a killed one left behind. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { isAlive } from '@boxoffice/local-servers/processes';

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** The name of a test run: machine and process. */
export const ownerName = (pid: number): string => `${host}_${pid}`;

/** Whether the named run is one of this machine's that has ended. */
export function hasLeft(owner: string): boolean {
  const [machine, pid] = owner.split('_');
  return machine === host && !isAlive(Number(pid));
}
