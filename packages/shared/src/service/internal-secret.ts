import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { developmentPrefix } from '../database/service-roles.ts';
import { type Config, ConfigError } from './config.ts';

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
  return generatedSecret(config.DATA_DIR);
}

/** The header with which an internal request proves that it comes from one of our services. */
export const internalAuthorization = (secret: string): string => `Bearer ${secret}`;

/** Whether a request's `authorization` header carries the secret. Takes the same time however much of it is right. */
export function isInternal(authorization: string | undefined, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(authorization ?? ''), digest(internalAuthorization(secret)));
}

function generatedSecret(dataDir: string): string {
  const file = join(dataDir, 'internal-secret');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  // Creating a hard link is atomic and never replaces a file: of two services that start together, one wins.
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, `${developmentPrefix}${randomBytes(32).toString('hex')}`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8').trim();
}
