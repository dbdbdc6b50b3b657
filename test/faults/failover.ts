import { join } from 'node:path';
import { findRedis } from '@boxoffice/local-servers/redis-program';
import type { Boxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import type { Load } from '@boxoffice/testing/load';
import type { ServerHome } from '@boxoffice/testing/replicated-redis';
import { makeServerFolder } from '@boxoffice/testing/server-folders';
import { inject } from 'vitest';

/** Why this machine cannot run servers that replicate each other; null when it can. */
export async function replicationObstacle(): Promise<string | null> {
  const program = await findRedis({ binDir: join(inject('dataDir'), 'bin') });
  return program.kind === 'file'
    ? null
    : 'skipped: needs redis-server or valkey-server on this machine, not in a container';
}

/** Where the servers of one test file have their data. The next run removes whatever a killed one has left there. */
export function serverHome(): ServerHome {
  const dataDir = inject('dataDir');
  return { folderOf: () => makeServerFolder(dataDir, 'redis'), binDir: join(dataDir, 'bin') };
}

/**
 * Books seats of a show that nobody else books, until a request is accepted and decided.
 *
 * @returns how long it took until one was accepted, since `since`, in milliseconds
 */
export async function untilBooked(boxoffice: Boxoffice, show: number, since: number): Promise<number> {
  let seat = 0;
  const id = await eventually(
    async () => {
      const { status, body } = await boxoffice.book(show, String((seat++ % 100) + 1), { user: 99 });
      return status === 202 ? body.id : null;
    },
    { timeoutMs: 20_000 },
  );
  const ms = performance.now() - since;
  await boxoffice.outcome(id, { user: 99 });
  return ms;
}

/** Waits until this many more requests have been accepted (202). */
export async function untilAccepted(load: Load, more: number): Promise<void> {
  const before = load.accepted.length;
  await eventually(() => load.accepted.length >= before + more, { timeoutMs: 20_000 });
}

/** Waits until this many more requests have had a response, whatever it was. */
export async function untilAnswered(load: Load, more: number): Promise<void> {
  const answered = () => load.accepted.length + load.refused.length;
  const before = answered();
  await eventually(() => answered() >= before + more, { timeoutMs: 20_000 });
}

/** Prints a line of the table in docs/scaling.md. */
export function report(event: string, load: Load, ms: number): void {
  console.log(
    `${event}: lost 0 of ${load.accepted.length} accepted requests; unavailable ${(ms / 1_000).toFixed(1)} s`,
  );
}
