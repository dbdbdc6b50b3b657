import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bugs } from './catalogue.ts';
import { plant } from './copy-tree.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'boxoffice-bugs-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.each(bugs)('$name still applies', ({ edits, ...bug }) => {
  for (const { file } of edits) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), readFileSync(join(root, file)));
  }
  plant({ ...bug, edits }, folder);
});

test('a bug whose place is gone says so', () => {
  const edit = { file: 'a.ts', find: 'not there', replace: '' };
  const bug = { name: 'gone', says: '', faults: 'none', rules: [], edits: [edit] };
  expect(() => plant(bug, folder)).toThrow(/no longer applies/);
});
