import { accessSync, constants, existsSync, rmSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { commandOf, isAlive, parentOf } from '@boxoffice/local-servers/processes';

const pollIntervalMs = 1_000;

/**
 * Calls back once when npx, npm or pnpm above this process has died: a SIGTERM to npx ends npx alone
 * and would leave everything below it running for ever. Shells do not count, so that `nohup … &` in a
 * script that ends keeps running. Linux only; elsewhere it does nothing.
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
 * Puts the pnpm that runs this among the programs of node_modules, unless one is there. npx looks there
 * before it asks the registry which pnpm is the latest, which takes seconds, and a network.
 *
 * @param bin the folder `node_modules/.bin`
 */
export function keepPnpm(bin: string, pnpm = process.env.npm_execpath ?? ''): void {
  const link = join(bin, 'pnpm');
  if (launcherName(pnpm) !== 'pnpm' || existsSync(link)) return;
  try {
    accessSync(pnpm, constants.X_OK); // Corepack's is a script that only Node.js can run
    rmSync(link, { force: true }); // it may lead to one that is gone
    symlinkSync(pnpm, link);
  } catch {
    // Then npx asks the next time too.
  }
}

/** Which launcher a command line is (`npm exec …`, `node /…/npx …`, `/…/pnpm …`), or null. */
export function launcherName(command: string): string | null {
  for (const word of command.split(' ').slice(0, 2)) {
    const name = /^(npx|npm|pnpm|pnpx)(-cli)?(\.[cm]?js)?$/.exec(basename(word))?.[1];
    if (name) return name;
    if (!/^node(js)?$/.test(basename(word))) return null;
  }
  return null;
}
