import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The file with a server's password, in the server's own folder. */
export const passwordFile = (folder: string): string => join(folder, 'password');

/** A server's password: generated at its first start and kept in a file that only its owner can read. */
export function passwordOf(folder: string): string {
  const file = passwordFile(folder);
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}
