/** Cleans up after campaigns that were killed: their processes and mounts. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { childrenOf, ended, isAlive, runsIn, signalAll } from '@boxoffice/local-servers/processes';
import { unmount } from './small-disk.ts';

const ownerFile = 'owner';

/** Marks a folder as this process's. */
export function claimFolder(folder: string): void {
  writeFileSync(join(folder, ownerFile), String(process.pid));
}

/** Ends the processes of campaigns whose own process is gone, and removes their folders unless their logs were kept. */
export async function sweepLeftOver(home: string): Promise<void> {
  if (!existsSync(home)) return;
  for (const name of readdirSync(home)) {
    const folder = join(home, name);
    const owner = Number.parseInt(readOwner(folder), 10);
    if (!(owner > 0) || isAlive(owner)) continue;
    const redis = join(folder, 'redis');
    const nodes = existsSync(redis) ? readdirSync(redis).map((node) => join(redis, node)) : [];
    const places = [folder, redis, ...nodes, join(folder, 'postgres/cluster')];
    const pids = pidsIn(places.filter((place) => existsSync(place)));
    signalAll(
      pids.flatMap((pid) => [pid, ...childrenOf(pid)]),
      'SIGKILL',
    );
    await Promise.all(pids.map((pid) => ended(pid, 5_000)));
    unmount(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  }
}

function readOwner(folder: string): string {
  try {
    return readFileSync(join(folder, ownerFile), 'utf8');
  } catch {
    return ''; // kept for its logs, or not ours
  }
}

function pidsIn(folders: string[]): number[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && folders.some((folder) => runsIn(pid, folder)));
}
