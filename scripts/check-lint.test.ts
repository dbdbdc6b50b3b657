/** The rules on structure that the linter is configured to enforce. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const { vcs, ...config } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'boxoffice-lint-'));
  writeFileSync(join(folder, 'biome.json'), JSON.stringify(config));
});
afterEach(() => rmSync(folder, { recursive: true }));

function lint(files: Record<string, string>): string {
  for (const [name, source] of Object.entries(files)) writeFileSync(join(folder, name), source);
  const biome = join(root, 'node_modules/.bin/biome');
  const { stdout, stderr } = spawnSync(biome, ['lint', '--error-on-warnings'], { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
}

test('modules that import each other in a cycle fail, even when they import only types', () => {
  const output = lint({
    'one.ts': "import type { Two } from './two.ts';\n\nexport type One = { two: Two };\n",
    'two.ts': "import type { Three } from './three.ts';\n\nexport type Two = { three: Three };\n",
    'three.ts': "import type { One } from './one.ts';\n\nexport type Three = { one: One };\n",
  });
  for (const name of ['one', 'two', 'three']) expect(output).toMatch(`${name}.ts:1:`);
  expect(output.match(/noImportCycles/g)).toHaveLength(3);
});

test('a file of more than 250 lines fails', () => {
  const lines = (count: number) => Array.from({ length: count }, (_, line) => `export const a${line} = 1;\n`).join('');
  const output = lint({ 'short.ts': lines(250), 'long.ts': lines(251), 'page.tsx': lines(251) });
  expect(output).toMatch(/long\.ts.* lint\/style\/noExcessiveLinesPerFile/);
  expect(output).toMatch(/page\.tsx.* lint\/style\/noExcessiveLinesPerFile/);
  expect(output).not.toMatch(/short\.ts/);
});
