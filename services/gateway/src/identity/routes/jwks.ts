import { z } from 'zod';
import { operation } from '../../http/operation.ts';
import type { SigningKeys } from '../signing-keys.ts';

const PublicJwk = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().describe('the public key, base64url'),
  kid: z.string().describe('RFC 7638 thumbprint; the `kid` in the header of every access token'),
  alg: z.literal('EdDSA'),
  use: z.literal('sig'),
});
const Jwks = z.object({ keys: z.array(PublicJwk) }).meta({
  id: 'Jwks',
  // RFC 8037, appendix A.
  example: {
    keys: [
      {
        kty: 'OKP',
        crv: 'Ed25519',
        x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
        kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
        alg: 'EdDSA',
        use: 'sig',
      },
    ],
  },
});

export const jwks = operation({
  method: 'GET',
  path: '/.well-known/jwks.json',
  auth: 'none',
  tag: 'Authentication',
  id: 'getJwks',
  summary: 'Get the public keys',
  description: 'The keys that verify access tokens (RFC 7517).',
  success: { 200: Jwks.describe('The keys') },
  handler:
    ({ keys }: { keys: Pick<SigningKeys, 'jwk'> }) =>
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=3600');
      return { keys: [keys.jwk] };
    },
});
