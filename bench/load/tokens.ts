import { type KeyObject, sign } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { userCount } from '../workloads.ts';

/** Outlives any run, in seconds. */
const lifetimeSeconds = 24 * 60 * 60;

/**
 * Writes an access token for each user to a file, a line each, signed as the gateway would; to log
 * thousands of users in would cost a password hash each. User `n` from 0 has the id `n + 1`.
 */
export function writeTokens(file: string, privateKey: KeyObject): string[] {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const header = part({ alg: 'EdDSA', typ: 'JWT' });
  const now = Math.floor(Date.now() / 1_000);
  const everyone = { role: 'user', iss: 'boxoffice', aud: 'boxoffice', iat: now, exp: now + lifetimeSeconds };
  const tokens = Array.from({ length: userCount }, (_, user) => {
    const signed = `${header}.${part({ ...everyone, username: `bench-${user + 1}`, sub: String(user + 1) })}`;
    return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
  });
  writeFileSync(file, `${tokens.join('\n')}\n`, { mode: 0o600 });
  return tokens;
}
