/**
 * `pnpm generate:client`: writes the client's types from the OpenAPI document that the gateway would
 * serve. With `--check` it only says whether they are those.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildOpenApi } from '../services/gateway/src/openapi.ts';

const root = resolve(import.meta.dirname, '..');
const document = resolve(root, '.boxoffice/client-openapi.json');
mkdirSync(resolve(root, '.boxoffice'), { recursive: true });
writeFileSync(document, JSON.stringify(await buildOpenApi()));

const client = resolve(root, 'packages/client');
const check = process.argv.includes('--check');
const { status, stderr } = spawnSync(
  resolve(client, 'node_modules/.bin/openapi-typescript'),
  [
    document,
    '--output=src/schema.ts',
    // A field with a default may be left out of what is sent.
    '--default-non-nullable=false',
    '--root-types',
    '--root-types-no-schema-prefix',
    ...(check ? ['--check'] : []),
  ],
  { cwd: client, encoding: 'utf8' },
);
if (status !== 0) {
  console.error(stderr);
  if (check) console.error('packages/client/src/schema.ts is not what the routes say: run `pnpm generate:client`');
}
process.exitCode = status ?? 1;
