import { basename } from 'node:path';
import { commandOf, isAlive, parentOf } from '../servers/processes.ts';

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

/** Which launcher a command line is (`npm exec …`, `node /…/npx …`, `/…/pnpm …`), or null. */
export function launcherName(command: string): string | null {
  for (const word of command.split(' ').slice(0, 2)) {
    const name = /^(npx|npm|pnpm|pnpx)(-cli)?(\.[cm]?js)?$/.exec(basename(word))?.[1];
    if (name) return name;
    if (!/^node(js)?$/.test(basename(word))) return null;
  }
  return null;
}
