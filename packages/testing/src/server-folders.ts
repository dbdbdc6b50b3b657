import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { childrenOf, ended, runsIn, signalAll } from '@boxoffice/local-servers/processes';
import { hasLeft, ownerName } from './owner.ts';

const homeOf = (dataDir: string) => join(dataDir, 'test-servers');

/** Creates a folder for a server of this process, below the data folder. */
export function makeServerFolder(dataDir: string, kind: string): string {
  const home = homeOf(dataDir);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return mkdtempSync(join(home, `${ownerName(process.pid)}-${kind}-`));
}

/** Kills the servers that ended test runs left running, and removes their data. */
export async function sweepServerFolders(dataDir: string): Promise<void> {
  const home = homeOf(dataDir);
  if (!existsSync(home)) return;
  for (const name of readdirSync(home).filter((folder) => hasLeft(folder.split('-')[0] ?? ''))) {
    for (const pidFile of ['cluster/postmaster.pid', 'redis.pid', 'data/pgbouncer.pid'].map((file) =>
      join(home, name, file),
    )) {
      if (!existsSync(pidFile)) continue;
      const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
      if (!runsIn(pid, dirname(pidFile))) continue;
      signalAll([pid, ...childrenOf(pid)], 'SIGKILL');
      await ended(pid, 5_000);
    }
    rmSync(join(home, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
