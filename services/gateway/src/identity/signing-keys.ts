import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { type Config, ConfigError } from '@boxoffice/shared/service/config';
import { generatedSecret } from '@boxoffice/shared/service/generated-secret';

/** A public key in the JWKS (RFC 7517, RFC 8037). */
interface PublicJwk {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
  kid: string;
  alg: 'EdDSA';
  use: 'sig';
}

/** The key pair that signs access tokens, with its public half as a JWK. */
export interface SigningKeys {
  /** The key's RFC 7638 thumbprint, so a key has the same id on every gateway. */
  kid: string;
  /** PKCS #8, PEM. */
  privateKey: string;
  /** SPKI, PEM. */
  publicKey: string;
  jwk: PublicJwk;
}

const howToCreateOne = 'create one with `openssl genpkey -algorithm ed25519`';

/**
 * The signing keys of this installation: from JWT_PRIVATE_KEY, or in development and test a pair that is
 * generated once and kept in DATA_DIR.
 *
 * @throws {ConfigError} when JWT_PRIVATE_KEY is unusable, or missing in production
 */
export function loadSigningKeys(config: Pick<Config, 'JWT_PRIVATE_KEY' | 'NODE_ENV' | 'DATA_DIR'>): SigningKeys {
  if (config.JWT_PRIVATE_KEY) return readKeys(config.JWT_PRIVATE_KEY.replaceAll('\\n', '\n'), 'JWT_PRIVATE_KEY');
  if (config.NODE_ENV === 'production') {
    throw new ConfigError(`JWT_PRIVATE_KEY is not set, and no key is generated in production: ${howToCreateOne}.`);
  }
  return generatedKeys(config.DATA_DIR);
}

function readKeys(pem: string, source: string): SigningKeys {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // The reason is omitted: it could quote the key.
    throw new ConfigError(`${source} is not a private key in PEM format: ${howToCreateOne}.`);
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new ConfigError(`${source} is a key of type ${key.asymmetricKeyType}, not Ed25519: ${howToCreateOne}.`);
  }
  const publicKey = createPublicKey(key);
  const x = publicKey.export({ format: 'jwk' }).x as string;
  const kid = thumbprint(x);
  return {
    kid,
    privateKey: key.export({ format: 'pem', type: 'pkcs8' }) as string,
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }) as string,
    jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' },
  };
}

/** An Ed25519 key's thumbprint: RFC 7638 with the members that RFC 8037 (appendix A.3) names. */
export function thumbprint(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
}

function generatedKeys(dataDir: string): SigningKeys {
  const path = join(dataDir, 'jwt-private-key.pem');
  const generate = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  return readKeys(generatedSecret(path, generate), path);
}
