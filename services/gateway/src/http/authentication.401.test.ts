import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type StartedIdentity, startIdentity } from '../../test/started-identity.ts';

let identity: StartedIdentity;
let good: string;
beforeAll(async () => {
  identity = await startIdentity();
  await identity.signUp('alice');
  good = (await identity.logIn('alice')).access;
});
afterAll(() => identity.stop());
afterEach(() => void vi.useRealTimers());

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = (changes: Record<string, unknown> = {}) => {
  const iat = Math.floor(Date.now() / 1_000);
  return {
    sub: '1',
    username: 'alice',
    role: 'admin',
    iss: 'boxoffice',
    aud: 'boxoffice',
    iat,
    exp: iat + 900,
    ...changes,
  };
};

/** A token as an attacker or an older installation would make it; signed with our own key by default. */
function forge(
  payload: object,
  { key = identity.keys.privateKey, alg = 'EdDSA' }: { key?: string | KeyObject; alg?: string } = {},
): string {
  const input = `${encode({ alg, typ: 'JWT', kid: identity.keys.kid })}.${encode(payload)}`;
  return `${input}.${sign(null, Buffer.from(input), key).toString('base64url')}`;
}

/** Calls an operation that requires a user and one that requires an administrator. */
async function refusals(headers: Record<string, string>) {
  const me = await identity.call('GET', '/api/auth/me/', { headers });
  const users = await identity.call('GET', '/api/admin/users/', { headers });
  expect(users.status).toBe(me.status);
  return me;
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('a well-formed token from this test is accepted', async () => {
  expect((await refusals(bearer(forge(claims())))).status).toBe(200);
});

test('no token', async () => {
  for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: 'Bearer ' }]) {
    const response = await refusals(headers);
    expect(response).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.body.detail).toMatch(/^No access token/);
  }
});

test('an expired token, even one that was valid a moment ago', async () => {
  expect((await identity.call('GET', '/api/auth/me/', { token: good })).status).toBe(200);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 15 * 60_000 + 1_000 });
  const response = await refusals(bearer(good));
  expect(response.status).toBe(401);
  expect(response.body.detail).toMatch(/has expired/);
  expect(response.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
});

const forgeries: Record<string, () => string> = {
  'signed by a foreign key': () => forge(claims(), { key: generateKeyPairSync('ed25519').privateKey }),
  'without a signature, alg none': () => `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims())}.`,
  'alg none, with a signature': () => forge(claims(), { alg: 'none' }),
  'signed with HS256 and our public key as the secret': () => {
    const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims())}`;
    return `${input}.${createHmac('sha256', identity.keys.publicKey).update(input).digest('base64url')}`;
  },
  'with replaced claims': () => {
    const [header, , signature] = good.split('.');
    return `${header}.${encode(claims())}.${signature}`;
  },
  'without its signature': () => `${good.split('.').slice(0, 2).join('.')}.`,
  'of another issuer': () => forge(claims({ iss: 'someone' })),
  'of no issuer': () => forge(claims({ iss: undefined })),
  'for another audience': () => forge(claims({ aud: 'someone' })),
  'for no audience': () => forge(claims({ aud: undefined })),
  'that would never expire': () => forge(claims({ exp: undefined })),
  'without a subject': () => forge(claims({ sub: undefined })),
  'that is not valid before tomorrow': () => forge(claims({ nbf: Math.floor(Date.now() / 1_000) + 86_400 })),
  'with an extension that we do not know': () => {
    const input = `${encode({ alg: 'EdDSA', crit: ['b64'], b64: false })}.${encode(claims())}`;
    return `${input}.${sign(null, Buffer.from(input), identity.keys.privateKey).toString('base64url')}`;
  },
  'alg nOnE': () => `${encode({ alg: 'nOnE', typ: 'JWT' })}.${encode(claims())}.`,
  'alg RS256, signed with our own key': () => forge(claims(), { alg: 'RS256' }),
  'alg ES256, signed with our own key': () => forge(claims(), { alg: 'ES256' }),
  'that brings its own key': () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const jwk = publicKey.export({ format: 'jwk' });
    const header = { alg: 'EdDSA', typ: 'JWT', kid: identity.keys.kid, jwk, jku: 'https://evil.example/jwks.json' };
    const input = `${encode(header)}.${encode(claims())}`;
    return `${input}.${sign(null, Buffer.from(input), privateKey).toString('base64url')}`;
  },
  'whose key id is a path': () => {
    const input = `${encode({ alg: 'HS256', typ: 'JWT', kid: '../../../../dev/null' })}.${encode(claims())}`;
    return `${input}.${createHmac('sha256', '').update(input).digest('base64url')}`;
  },
  'with one bit of its signature flipped': () => {
    const [header, payload, signature = ''] = good.split('.');
    const bytes = Buffer.from(signature, 'base64url');
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return `${header}.${payload}.${bytes.toString('base64url')}`;
  },
  'whose expiry is text': () => forge(claims({ exp: '9999999999' })),
  'that is not a JWT': () => 'a.b.c',
  'that is a refresh token': () => 'x'.repeat(43),
};

test.each(Object.entries(forgeries))('a token %s', async (_, make) => {
  const token = make();
  // Twice: a refused token must not be cached as valid.
  for (let i = 0; i < 2; i++) {
    const response = await refusals(bearer(token));
    expect(response).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(response.body.detail).toMatch(/is not valid/);
    expect(response.headers['www-authenticate']).toBe('Bearer error="invalid_token"');
  }
});

test('a token anywhere but in the header counts as none', async () => {
  const places = [
    { path: `?access_token=${good}&token=${good}`, headers: {} },
    { path: '', headers: { cookie: `token=${good}; access=${good}` } },
    { path: '', headers: { 'x-access-token': good, 'proxy-authorization': `Bearer ${good}` } },
  ];
  for (const { path, headers } of places)
    expect((await identity.call('GET', `/api/auth/me/${path}`, { headers })).status).toBe(401);
});

test('403 for a user where an administrator is required', async () => {
  await identity.signUp('bob');
  const response = await identity.call('GET', '/api/admin/users/', { token: (await identity.logIn('bob')).access });
  expect(response).toMatchObject({ status: 403, body: { code: 'forbidden' } });
});
