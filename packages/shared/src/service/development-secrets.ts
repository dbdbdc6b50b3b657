import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { developmentPrefix } from '../database/service-roles.ts';

const urls = [
  'DATABASE_URL',
  'GATEWAY_DATABASE_URL',
  'CATALOG_DATABASE_URL',
  'WORKER_DATABASE_URL',
  'REDIS_URL',
] as const;

const serviceUrls: readonly string[] = ['GATEWAY_DATABASE_URL', 'CATALOG_DATABASE_URL', 'WORKER_DATABASE_URL'];

/** What docker-compose.yml, .env.example and half of all tutorials use. */
const wellKnown = [
  ...['development', 'boxoffice', 'postgres', 'redis', 'valkey'],
  ...['password', 'secret', 'changeme', 'test'],
];

/** Different characters; `openssl rand -hex 32` prints 16 nearly always, and fewer than ten practically never. */
const fewestCharacters = 10;

/** Variables that may hold a secret. */
type Secrets = Partial<Record<(typeof urls)[number] | 'INTERNAL_SECRET' | 'JWT_PRIVATE_KEY', string | undefined>>;

/**
 * The names of the variables whose secret was generated for development, is known to everybody, or is easily guessed:
 * the user's name, or fewer than ten different characters. A service's login needs a password; where PostgreSQL
 * trusts everybody who connects, its roles are no boundary.
 */
export function findDevelopmentSecrets(config: Secrets & { DATA_DIR: string }): string[] {
  const refused: string[] = urls.filter((name) => {
    const { username, password } = credentialsIn(config[name]);
    if (password === '') return config[name] !== undefined && serviceUrls.includes(name);
    return isWeak(password) || password === username;
  });
  if (config.INTERNAL_SECRET && isWeak(config.INTERNAL_SECRET)) refused.push('INTERNAL_SECRET');
  if (isGeneratedKey(config)) refused.push('JWT_PRIVATE_KEY');
  return refused;
}

const isWeak = (secret: string) =>
  secret.startsWith(developmentPrefix) ||
  wellKnown.includes(secret.toLowerCase()) ||
  new Set(secret).size < fewestCharacters;

function credentialsIn(url: string | undefined): { username: string; password: string } {
  const { username, password } = url ? new URL(withOneHost(url)) : { username: '', password: '' };
  return { username: decoded(username), password: decoded(password) };
}

/** `URL` cannot read a list of hosts, which URLs of PostgreSQL, Sentinels and clusters may have. */
function withOneHost(url: string): string {
  return url.replace(/(:\/\/(?:[^@/?]*@)?[^,/?]*),[^/?]*/, '$1');
}

/** A stray % is not an escape; then it stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Whether the key is the one that the gateway has generated in this data folder. */
function isGeneratedKey({ DATA_DIR, JWT_PRIVATE_KEY }: { DATA_DIR: string } & Secrets): boolean {
  const file = join(DATA_DIR, 'jwt-private-key.pem');
  const lines = (pem: string) => pem.replaceAll('\\n', '\n').trim();
  return (
    JWT_PRIVATE_KEY !== undefined && existsSync(file) && lines(readFileSync(file, 'utf8')) === lines(JWT_PRIVATE_KEY)
  );
}
