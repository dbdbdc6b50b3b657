import { cpSync, existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import type { Bug } from './bug.ts';

/** Folders that are not copied. Installed packages are linked instead. */
const left = new Set(['node_modules', '.git', '.boxoffice', 'dist', 'images']);

/** Copies the tree so that a bug can be planted in it. Workspace packages resolve within the copy. */
export function copyTree(root: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const name of ['packages', 'services', 'scripts', 'package.json', 'pnpm-workspace.yaml', 'tsconfig.json'])
    cpSync(join(root, name), join(to, name), { recursive: true, filter: (source) => !left.has(basename(source)) });
  for (const folder of globSync(['node_modules', '{packages,services}/*/node_modules'], { cwd: root })) {
    // Links among packages are relative, so they lead into the copy; those into the store lead to the original.
    cpSync(join(root, folder), join(to, folder), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !['.pnpm', '.cache', '.bin'].includes(basename(source)),
    });
  }
  const store = join(to, 'node_modules/.pnpm');
  if (!existsSync(store)) symlinkSync(join(root, 'node_modules/.pnpm'), store);
}

/**
 * Plants a bug.
 *
 * @throws {PlainError} when the code has changed so that it no longer applies
 */
export function plant({ name, edits }: Bug, tree: string): void {
  for (const { file, find, replace } of edits) {
    const path = join(tree, file);
    const source = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const count = source.split(find).length - 1;
    if (count !== 1)
      throw new PlainError(
        `The bug ${name} no longer applies: ${file} has ${count} places like this, and one is needed:\n${find}`,
      );
    writeFileSync(
      path,
      source.replace(find, () => replace),
    );
  }
}
