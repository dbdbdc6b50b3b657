import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { developmentPrefix } from '../database/service-roles.ts';
import { type Config, ConfigError } from './config.ts';
import { generatedSecret } from './generated-secret.ts';

/**
 * The secret by which services recognise each other: INTERNAL_SECRET, or outside production one that is generated
 * once and kept in DATA_DIR.
 *
 * @throws {ConfigError} when it is not set in production
 */
export function loadInternalSecret(config: Pick<Config, 'INTERNAL_SECRET' | 'NODE_ENV' | 'DATA_DIR'>): string {
  if (config.INTERNAL_SECRET) return config.INTERNAL_SECRET;
  if (config.NODE_ENV === 'production') {
    throw new ConfigError(
      'INTERNAL_SECRET is not set, and none is generated in production: set it to the same value for the gateway and ' +
        'the catalog (`openssl rand -hex 32` prints a good one).',
    );
  }
  const generate = () => `${developmentPrefix}${randomBytes(32).toString('hex')}`;
  return generatedSecret(join(config.DATA_DIR, 'internal-secret'), generate).trim();
}

/** The header with which an internal request proves that it comes from one of our services. */
export const internalAuthorization = (secret: string): string => `Bearer ${secret}`;

/** Whether a request's `authorization` header carries the secret. Takes the same time however much of it is right. */
export function isInternal(authorization: string | undefined, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(internalAuthorization(secret)));
}
