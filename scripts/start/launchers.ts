import { accessSync, constants, existsSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { commandOf, isAlive, parentOf } from '@boxoffice/local-servers/processes';

const pollIntervalMs = 1_000;

/**
 * Calls back once when the npx, npm or pnpm that started this process has died: SIGTERM ends only npx
 * itself and would leave everything below it running forever. Shells do not count, so that `nohup … &`
 * outlives the script it was started from. Linux only; does nothing elsewhere.
 */
export function watchLaunchers(onDeath: (name: string) => void): void {
  const launchers: { pid: number; name: string }[] = [];
  for (let pid = process.ppid; pid > 1; pid = parentOf(pid) ?? 0) {
    const name = launcherName(commandOf(pid) ?? '');
    if (name) launchers.push({ pid, name });
  }
  const timer = setInterval(() => {
    const gone = launchers.find(({ pid }) => !isAlive(pid));
    if (!gone) return;
    clearInterval(timer);
    onDeath(gone.name);
  }, pollIntervalMs);
  timer.unref();
}

/**
 * Links the running pnpm into `node_modules/.bin` unless there is one. npx looks there before it asks the
 * registry for the latest pnpm, which takes seconds and a network.
 *
 * @param bin the folder `node_modules/.bin`
 */
export function keepPnpm(bin: string, pnpm = process.env.npm_execpath ?? ''): void {
  const link = join(bin, 'pnpm');
  if (launcherName(pnpm) !== 'pnpm' || existsSync(link)) return;
  try {
    accessSync(pnpm, constants.X_OK); // Corepack's is a script without the executable bit
    rmSync(link, { force: true }); // it may point to one that no longer exists
    symlinkSync(pnpm, link);
  } catch {
    // Then npx asks the registry next time as well.
  }
}

/** The launcher that a command line runs (`npm exec …`, `node /…/npx …`, `/…/pnpm …`), or null. */
export function launcherName(command: string): string | null {
  for (const word of command.split(' ').slice(0, 2)) {
    const name = /^(npx|npm|pnpm|pnpx)(-cli)?(\.[cm]?js)?$/.exec(basename(word))?.[1];
    if (name) return name;
    if (!/^node(js)?$/.test(basename(word))) return null;
  }
  return null;
}
