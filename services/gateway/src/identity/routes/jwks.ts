import type { Http } from '@boxoffice/shared/service/http';
import { z } from 'zod';
import type { Parts } from '../../parts.ts';

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

const schema = {
  tags: ['Authentication'],
  operationId: 'getJwks',
  summary: 'Public keys',
  description: 'The keys that access tokens are signed with, for whoever wants to verify them (RFC 7517).',
  response: { 200: Jwks.describe('The keys') },
};

/** GET /.well-known/jwks.json */
export function jwksRoute(http: Http, { keys }: Pick<Parts, 'keys'>): void {
  http.get('/.well-known/jwks.json', { schema }, async (_request, reply) => {
    reply.header('cache-control', 'public, max-age=3600');
    return { keys: [keys.jwk] };
  });
}
