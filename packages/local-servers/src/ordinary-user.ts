import { spawnSync } from 'node:child_process';
import { PlainError } from './plain-error.ts';

/**
 * The command prefix that keeps a program from running as root. Empty for an ordinary user; otherwise a user namespace in
 * which we are not root; where those are denied, as in most containers, user 1 with the right to read all folders on the
 * path. `owner` is the user id, seen from outside, that must own the data; undefined: leave it as it is.
 */
export async function asOrdinaryUser(): Promise<{ prefix: string[]; owner?: number }> {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const namespace = ['unshare', '--user', '--map-user=1', '--map-group=1'];
  const otherUser = [
    'setpriv',
    ...['--reuid=1', '--regid=1', '--clear-groups', '--inh-caps=+dac_override'],
    ...['--ambient-caps=+dac_override', '--securebits=+no_setuid_fixup'],
  ];
  const works = ([file = '', ...args]: string[]) => spawnSync(file, [...args, 'true']).status === 0;
  if (works(namespace)) return { prefix: namespace, owner: 0 };
  if (works(otherUser)) return { prefix: otherUser, owner: 1 };
  throw new PlainError(
    'PostgreSQL refuses to run as root, and neither unshare nor setpriv works here: run this as an ordinary user, or set DATABASE_URL.',
  );
}
