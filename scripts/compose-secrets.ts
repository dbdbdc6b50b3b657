/**
 * The first step of docker-compose.yml and deploy/compose: generates the services' passwords and the secret between them.
 * Each service has a volume of its own with what it needs, so that none can read another's. What exists is kept, except
 * that production replaces what was generated in development.
 *
 *   --postgres <host:port,…>   where PostgreSQL is (postgres:5432)
 *   --redis <url>              where Redis is, without the password (redis://valkey:6379)
 */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { developmentPrefix } from '@boxoffice/shared/database/service-roles';
import { loadConfig } from '@boxoffice/shared/service/config';
import { runCommand } from './command.ts';

const services = ['gateway', 'catalog', 'worker'] as const;

const { values: servers } = parseArgs({
  options: {
    postgres: { type: 'string', default: 'postgres:5432' },
    redis: { type: 'string', default: 'redis://valkey:6379' },
  },
});

await runCommand(async () => {
  const isProduction = loadConfig().NODE_ENV === 'production';
  const secrets = JSON.parse(read('/secrets/all/secrets.json') ?? '{}') as Record<string, string>;
  for (const name of [...services, 'internal', 'valkey']) {
    const isFit = secrets[name] && !(isProduction && secrets[name].startsWith(developmentPrefix));
    if (!isFit) secrets[name] = `${isProduction ? '' : developmentPrefix}${randomBytes(32).toString('hex')}`;
  }
  write('/secrets/all/secrets.json', JSON.stringify(secrets));
  for (const service of services) {
    const folder = `/secrets/${service}`;
    write(
      `${folder}/database-url`,
      `postgres://boxoffice_${service}:${secrets[service]}@${servers.postgres}/boxoffice`,
    );
    if (service !== 'worker') write(`${folder}/internal-secret`, secrets.internal ?? '');
    if (service !== 'catalog') write(`${folder}/redis-url`, servers.redis.replace('://', `://:${secrets.valkey}@`));
  }
  // Valkey runs as another user.
  write('/secrets/valkey/password.conf', `requirepass ${secrets.valkey}\n`, 0o644);
  write('/secrets/valkey/password', secrets.valkey ?? '', 0o644);
});

function read(file: string): string | null {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function write(file: string, text: string, mode = 0o600): void {
  writeFileSync(file, text, { mode });
}
