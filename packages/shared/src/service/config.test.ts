import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError, configVariables, loadConfig } from './config.ts';
import { generatedUrls } from './database-url.ts';
import { loadInternalSecret } from './internal-secret.ts';

const envExample = readFileSync(join(import.meta.dirname, '../../../../.env.example'), 'utf8');

test('.env.example lists every variable with its description and default', () => {
  const documented = [...envExample.matchAll(/^# (?<description>.+)\n# (?<name>[A-Z_]+)=(?<value>.*)$/gm)].map(
    (match) => match.groups,
  );
  expect(Object.fromEntries(documented.map((entry) => [entry?.name, entry?.description]))).toEqual(configVariables);

  const defaults = loadConfig(Object.fromEntries(Object.keys(configVariables).map((name) => [name, ''])));
  for (const { name, value } of documented as { name: keyof typeof defaults; value: string }[]) {
    const actual = defaults[name];
    if (name === 'DATA_DIR') expect(String(actual).endsWith(value)).toBe(true);
    else if (actual !== undefined) expect(value, name).toBe(String(actual));
  }
});

test('an invalid value is an error that names the variable, the reason and its purpose', () => {
  const load = () => loadConfig({ PORT: 'abc', BOOKING_PARTITIONS: '0', DATABASE_URL: 'mysql://x' });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(/PORT: .*\(port of the gateway/);
  expect(load).toThrow(/BOOKING_PARTITIONS: /);
  expect(load).toThrow(/DATABASE_URL: /);
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'boxoffice-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a value can be in a file; the variable itself comes first', () => {
  const file = join(makeFolder(), 'secret');
  writeFileSync(file, `${'x'.repeat(40)}\n`);
  expect(loadConfig({ INTERNAL_SECRET_FILE: file }).INTERNAL_SECRET).toBe('x'.repeat(40));
  const own = 'y'.repeat(40);
  expect(loadConfig({ INTERNAL_SECRET_FILE: file, INTERNAL_SECRET: own }).INTERNAL_SECRET).toBe(own);
  expect(loadConfig({ INTERNAL_SECRET_FILE: file, INTERNAL_SECRET: '' }).INTERNAL_SECRET).toBeUndefined();
  expect(() => loadConfig({ INTERNAL_SECRET_FILE: '/nowhere' })).toThrow(
    /^INTERNAL_SECRET_FILE cannot be read: .*ENOENT/,
  );
});

const production = (env: Record<string, string>) =>
  loadConfig({ NODE_ENV: 'production', DATA_DIR: makeFolder(), DATABASE_URL: '', REDIS_URL: '', ...env });

test.each([
  ['DATABASE_URL', 'postgres://boxoffice:development@postgres:5432/boxoffice'],
  ['DATABASE_URL', 'postgres://boxoffice:secret@127.0.0.1:5432/boxoffice'],
  ['REDIS_URL', 'redis://:development@valkey:6379'],
  ['REDIS_URL', 'redis://:valkey@valkey:6379'],
  ['REDIS_URL', 'redis://:%72edis@valkey:6379'],
  ['DATABASE_URL', 'postgres://the-administrator:the-administrator@postgres/boxoffice'],
  ['GATEWAY_DATABASE_URL', 'postgres://boxoffice_gateway@postgres/boxoffice'],
  ['CATALOG_DATABASE_URL', 'postgres://boxoffice_catalog:@postgres/boxoffice'],
  ['WORKER_DATABASE_URL', 'postgres://boxoffice_worker:%62oxoffice_worker@postgres/boxoffice'],
  ['WORKER_DATABASE_URL', 'postgres://boxoffice_worker:123456789123456789123456789@postgres/boxoffice'],
  ['INTERNAL_SECRET', 'x'.repeat(32)],
  ['GATEWAY_DATABASE_URL', 'postgres://boxoffice_gateway:changeme@postgres/boxoffice'],
  ['CATALOG_DATABASE_URL', generatedUrls('postgres://a:b@c/d', { NODE_ENV: 'development' }).boxoffice_catalog],
  ['WORKER_DATABASE_URL', generatedUrls('postgres://a:b@c/d', { NODE_ENV: 'test' }).boxoffice_worker],
  [
    'INTERNAL_SECRET',
    loadInternalSecret({
      INTERNAL_SECRET: undefined,
      NODE_ENV: 'test',
      DATA_DIR: mkdtempSync(join(tmpdir(), 'boxoffice-config-')),
    }),
  ],
])('production refuses the %s of development, and never quotes it', (name, value) => {
  expect(loadConfig({ [name]: value })).toMatchObject({ [name]: value });
  const load = () => production({ [name]: value });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(new RegExp(`Production refuses secrets from development, .*: change the one in ${name} \\(`));
  expect(load).not.toThrow(value);
});

test('production refuses the signing key that was generated in development, however it is written', () => {
  const DATA_DIR = makeFolder();
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
  writeFileSync(join(DATA_DIR, 'jwt-private-key.pem'), pem);
  for (const JWT_PRIVATE_KEY of [pem, pem.trim().replaceAll('\n', '\\n')]) {
    expect(() => production({ DATA_DIR, JWT_PRIVATE_KEY })).toThrow(/in JWT_PRIVATE_KEY/);
    expect(production({ JWT_PRIVATE_KEY })).toMatchObject({ JWT_PRIVATE_KEY });
  }
});

test('production accepts secrets of its own, and passwords that we generate for our own servers there', () => {
  const { boxoffice_worker: WORKER_DATABASE_URL } = generatedUrls('postgres://a:b@c/d', { NODE_ENV: 'production' });
  const own = {
    DATABASE_URL: 'postgres://boxoffice:f3a9c2b07d15e8@postgres/boxoffice',
    INTERNAL_SECRET: '0123456789abcdef'.repeat(2),
  };
  expect(production({ ...own, WORKER_DATABASE_URL })).toMatchObject({ ...own, WORKER_DATABASE_URL });
});

test('a short INTERNAL_SECRET is refused everywhere', () => {
  expect(() => loadConfig({ INTERNAL_SECRET: 'x'.repeat(31) })).toThrow(/INTERNAL_SECRET: /);
});
