/** Test runs label their resources, so that a later run can clean up after one that was killed. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { isAlive } from '@boxoffice/local-servers/processes';

const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** The label of a test run: machine and process. */
export const ownerName = (pid: number): string => `${host}_${pid}`;

/** Whether the label is that of a run on this machine that has ended. */
export function hasLeft(owner: string): boolean {
  const [machine, pid] = owner.split('_');
  return machine === host && !isAlive(Number(pid));
}
