import { type KeyObject, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { userCount } from '../workloads/workloads.ts';

/** Longer than any run, in seconds. */
const lifetimeSeconds = 24 * 60 * 60;

/**
 * Writes an access token for each user to a file, one per line, signed like the gateway's: logging in
 * thousands of users would cost a password hash each. User `n`, from 0, has the id `n + 1`.
 */
export function writeTokens(file: string, privateKey: KeyObject): string[] {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = encode({ alg: 'EdDSA', typ: 'JWT' });
  const now = Math.floor(Date.now() / 1_000);
  const claims = { role: 'user', iss: 'boxoffice', aud: 'boxoffice', iat: now, exp: now + lifetimeSeconds };
  const tokens = Array.from({ length: userCount }, (_, user) => {
    const signed = `${header}.${encode({ ...claims, username: `bench-${user + 1}`, sub: String(user + 1) })}`;
    return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
  });
  writeFileSync(file, `${tokens.join('\n')}\n`, { mode: 0o600 });
  return tokens;
}
