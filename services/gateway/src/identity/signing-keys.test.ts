import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError } from '@boxoffice/shared/service/config';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSigningKeys, thumbprint } from './signing-keys.ts';

let DATA_DIR: string;
beforeAll(() => {
  DATA_DIR = mkdtempSync(join(tmpdir(), 'boxoffice-keys-'));
});
afterAll(() => rmSync(DATA_DIR, { recursive: true }));

const pemOf = (pair: { privateKey: { export(options: { format: 'pem'; type: 'pkcs8' }): string | Buffer } }) =>
  pair.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;

test("a key's id is the thumbprint of RFC 8037, appendix A.3", () => {
  expect(thumbprint('11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo')).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
});

test('JWT_PRIVATE_KEY is used, with real line breaks or with \\n', () => {
  const pem = pemOf(generateKeyPairSync('ed25519'));
  const plain = loadSigningKeys({ NODE_ENV: 'production', DATA_DIR, JWT_PRIVATE_KEY: pem });
  const oneLine = loadSigningKeys({ NODE_ENV: 'production', DATA_DIR, JWT_PRIVATE_KEY: pem.replaceAll('\n', '\\n') });
  expect(oneLine).toEqual(plain);
  expect(plain.privateKey).toBe(pem);
  expect(JSON.stringify(plain.jwk)).not.toContain('"d"');
});

test('an unusable JWT_PRIVATE_KEY is named, and never quoted', () => {
  const load = (JWT_PRIVATE_KEY: string) => () =>
    loadSigningKeys({ NODE_ENV: 'development', DATA_DIR, JWT_PRIVATE_KEY });
  expect(load('secret-but-no-pem')).toThrow(ConfigError);
  expect(load('secret-but-no-pem')).toThrow(/^JWT_PRIVATE_KEY (?!.*secret)/);
  expect(load(pemOf(generateKeyPairSync('rsa', { modulusLength: 2_048 })))).toThrow(/JWT_PRIVATE_KEY.*rsa.*openssl/);
});

test('production refuses to start without a key, and says how to create one', () => {
  const load = () => loadSigningKeys({ NODE_ENV: 'production', DATA_DIR, JWT_PRIVATE_KEY: undefined });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(/JWT_PRIVATE_KEY.*openssl genpkey -algorithm ed25519/);
});

test('in development the key is created once, readable by its owner only, and concurrent processes agree on it', async () => {
  const script = `import { loadSigningKeys } from '${join(import.meta.dirname, 'signing-keys.ts')}';
    console.log(loadSigningKeys({ NODE_ENV: 'development', DATA_DIR: '${DATA_DIR}' }).kid);`;
  const run = promisify(execFile);
  const load = async () => (await run(process.execPath, ['--input-type=module', '-e', script])).stdout.trim();
  const kids = await Promise.all([load(), load(), load(), load()]);
  expect(new Set(kids).size).toBe(1);
  expect(await load()).toBe(kids[0]);
  expect(readdirSync(DATA_DIR)).toEqual(['jwt-private-key.pem']);
  expect(statSync(join(DATA_DIR, 'jwt-private-key.pem')).mode & 0o777).toBe(0o600);
});
