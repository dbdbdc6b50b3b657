import { type KeyObject, sign } from 'node:crypto';

/** An access token as a login would return it. Signed here, because hundreds of logins would cost a password hash each. */
export function accessToken(privateKey: KeyObject, user: number, role: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const claims = { username: `user${user}`, role, sub: String(user), iss: 'boxoffice', aud: 'boxoffice' };
  const signed = `${part({ alg: 'EdDSA', typ: 'JWT' })}.${part({ ...claims, iat: now, exp: now + 900 })}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}
