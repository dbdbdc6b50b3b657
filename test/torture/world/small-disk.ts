import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const sizeMiB = 512;
/** Of util-linux. */
const programs = { mount: 'mount', unmount: 'umount', fill: 'fallocate' };

/** Takes a file system away, if there is one. */
export function unmount(folder: string): void {
  spawnSync(programs.unmount, ['--lazy', folder]);
}

/** A file system of its own for a database, small enough to be filled. */
export interface SmallDisk {
  fill(): void;
  empty(): void;
  unmount(): void;
}

/** Mounts one, or says why it cannot: only root may mount. */
export function mountSmallDisk(folder: string): SmallDisk | string {
  if (process.platform !== 'linux') return 'small file systems are made on Linux only';
  if (process.getuid?.() !== 0) return 'only root may mount a small file system';
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const mounted = spawnSync(programs.mount, [
    '-t',
    'tmpfs',
    '-o',
    `size=${sizeMiB}m,mode=0700`,
    'boxoffice-torture',
    folder,
  ]);
  if (mounted.status !== 0) return `a small file system cannot be mounted: ${mounted.stderr.toString().trim()}`;
  const ballast = join(folder, 'ballast');
  return {
    fill() {
      const { bavail, bsize } = statfsSync(folder);
      spawnSync(programs.fill, ['--length', String(Math.max(1, bavail * bsize)), ballast]);
    },
    empty: () => rmSync(ballast, { force: true }),
    unmount: () => unmount(folder),
  };
}
