import { PlainError } from '@boxoffice/local-servers/plain-error';
import { ended, runsIn, signalAll } from '@boxoffice/local-servers/processes';
import { isStart, readNote } from '@boxoffice/local-servers/running';
import type { Config } from '@boxoffice/shared/service/config';
import type { Output } from './output.ts';
import { folderOf } from './service.ts';

/** @throws {PlainError} when another start works on the same data */
export function refuseSecondStart(config: Config): void {
  const note = readNote(config);
  if (!note || note.pid === process.pid || !isStart(note.pid)) return;
  throw new PlainError(
    `Boxoffice is already running (pid ${note.pid}) at ${note.gatewayUrl}: stop it with Ctrl-C there, or \`kill ${note.pid}\`.`,
  );
}

/** A start that was killed leaves its services running. (Its servers are taken over where they are started.) */
export async function stopLeftOvers(config: Config, output: Output): Promise<void> {
  const left = (readNote(config)?.services ?? []).filter(({ pid, kind }) => runsIn(pid, folderOf(kind)));
  if (left.length === 0) return;
  output.line(`stopping what an earlier start left running: ${left.map(({ name }) => name).join(', ')}`);
  for (const { pid } of left) {
    signalAll([pid], 'SIGTERM');
    if (!(await ended(pid, 10_000))) signalAll([pid], 'SIGKILL');
  }
}
