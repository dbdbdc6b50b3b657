import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { longFiles } from './check-length.ts';

test('source files of more than 250 lines are named, generated ones are not', () => {
  const root = mkdtempSync(join(tmpdir(), 'boxoffice-length-'));
  const write = (file: string, lines: number) => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), '// a line\n'.repeat(lines));
  };
  write('web/short.tsx', 250);
  write('web/long.tsx', 251);
  write('services/catalog/src/long.test.ts', 300);
  write('web/node_modules/other/long.ts', 251);
  write('packages/client/src/schema.ts', 5_000);
  expect(longFiles(root).toSorted()).toEqual([
    'services/catalog/src/long.test.ts has 300 lines, 250 at most',
    'web/long.tsx has 251 lines, 250 at most',
  ]);
  rmSync(root, { recursive: true });
});

test('no file of the project is too long', () => {
  expect(longFiles(resolve(import.meta.dirname, '..'))).toEqual([]);
});
