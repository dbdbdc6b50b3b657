import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedIdentity, startIdentity } from '../../../test/started-identity.ts';

let identity: StartedIdentity;
beforeAll(async () => {
  identity = await startIdentity();
});
afterAll(() => identity.stop());

test('anyone can verify an access token with the published key', async () => {
  const response = await identity.call('GET', '/.well-known/jwks.json');
  expect(response.status).toBe(200);
  expect(response.headers['cache-control']).toBe('public, max-age=3600');
  const [jwk] = response.body.keys as (JsonWebKey & { kid: string })[];
  expect(jwk).toEqual({
    kty: 'OKP',
    crv: 'Ed25519',
    x: expect.any(String),
    kid: identity.keys.kid,
    alg: 'EdDSA',
    use: 'sig',
  });

  await identity.signUp('alice');
  const [header, payload, signature = ''] = (await identity.logIn('alice')).access.split('.');
  const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  expect(verify(null, Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
});
