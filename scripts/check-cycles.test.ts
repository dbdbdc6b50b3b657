/** Biome finds import cycles; this holds its configuration to that. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

test('modules that import each other in a cycle fail the lint, even when they import only types', () => {
  const folder = mkdtempSync(join(tmpdir(), 'boxoffice-lint-'));
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  const { vcs, ...config } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  write('biome.json', JSON.stringify(config));
  write('one.ts', "import type { Two } from './two.ts';\n\nexport type One = { two: Two };\n");
  write('two.ts', "import type { Three } from './three.ts';\n\nexport type Two = { three: Three };\n");
  write('three.ts', "import type { One } from './one.ts';\n\nexport type Three = { one: One };\n");
  const { status, stderr } = spawnSync(join(root, 'node_modules/.bin/biome'), ['lint'], {
    cwd: folder,
    encoding: 'utf8',
  });
  rmSync(folder, { recursive: true });
  expect(status).toBe(1);
  for (const name of ['one', 'two', 'three']) {
    expect(stderr).toMatch(new RegExp(`${name}\\.ts:1:\\d+ lint/suspicious/noImportCycles`));
  }
});
