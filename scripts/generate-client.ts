/**
 * `pnpm generate:client`: generates the client's types from the gateway's OpenAPI document. With `--check`
 * it only reports whether they are up to date.
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
    // A request may omit a field that has a default.
    '--default-non-nullable=false',
    '--root-types',
    '--root-types-no-schema-prefix',
    ...(check ? ['--check'] : []),
  ],
  { cwd: client, encoding: 'utf8' },
);
if (status !== 0) {
  console.error(stderr);
  if (check) console.error('packages/client/src/schema.ts is out of date: run `pnpm generate:client`');
}
process.exitCode = status ?? 1;
