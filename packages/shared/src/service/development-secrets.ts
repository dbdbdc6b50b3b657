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

/** What docker-compose.yml, .env.example and half of all tutorials use. */
const wellKnown = ['development', 'boxoffice', 'postgres', 'password', 'secret', 'changeme', 'test'];

/** Variables that may hold a secret. */
type Secrets = Partial<Record<(typeof urls)[number] | 'INTERNAL_SECRET' | 'JWT_PRIVATE_KEY', string | undefined>>;

/** The names of the variables whose secret was generated for development, or is known to everybody. */
export function findDevelopmentSecrets(config: Secrets & { DATA_DIR: string }): string[] {
  const secrets = [
    ...urls.map((name) => [name, passwordOf(config[name])] as const),
    ['INTERNAL_SECRET', config.INTERNAL_SECRET ?? ''] as const,
  ];
  const refused: string[] = secrets.filter(([, secret]) => isFromDevelopment(secret)).map(([name]) => name);
  if (isGeneratedKey(config)) refused.push('JWT_PRIVATE_KEY');
  return refused;
}

const isFromDevelopment = (secret: string) =>
  secret.startsWith(developmentPrefix) || wellKnown.includes(secret.toLowerCase());

function passwordOf(url: string | undefined): string {
  return url ? new URL(url).password : '';
}

/** Whether the key is the one that the gateway has generated in this data folder. */
function isGeneratedKey({ DATA_DIR, JWT_PRIVATE_KEY }: { DATA_DIR: string } & Secrets): boolean {
  const file = join(DATA_DIR, 'jwt-private-key.pem');
  const lines = (pem: string) => pem.replaceAll('\\n', '\n').trim();
  return (
    JWT_PRIVATE_KEY !== undefined && existsSync(file) && lines(readFileSync(file, 'utf8')) === lines(JWT_PRIVATE_KEY)
  );
}
