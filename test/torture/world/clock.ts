import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian and Ubuntu (`apt-get install libfaketime`) and Fedora put it. */
const libraries = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
  '/usr/lib64/faketime/libfaketime.so.1',
];

const library = libraries.find((file) => existsSync(file));

/** Why clocks cannot jump on this machine; null when they can. */
export const clockObstacle = library ? null : 'libfaketime is not installed';

/** The wall clock of one process, which can be set. Its monotonic clock stays right, as a kernel keeps it. */
export class FakeClock {
  readonly env: Record<string, string>;
  readonly #file: string;

  constructor(folder: string, name: string) {
    this.#file = join(folder, `${name}.clock`);
    this.set(0);
    this.env = library
      ? {
          LD_PRELOAD: library,
          FAKETIME_TIMESTAMP_FILE: this.#file,
          FAKETIME_CACHE_DURATION: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          FAKETIME_DONT_RESET: '1',
        }
      : {};
  }

  /** Puts the clock this many seconds ahead of the true time, or behind it. */
  set(seconds: number): void {
    writeFileSync(this.#file, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}s\n`);
  }
}
