/** No source file is longer than a reader can keep in mind. Biome's rule skips the lines of comments and SQL. */
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const lineLimit = 250;
const generated = ['packages/client/src/schema.ts'];

/** Lists the source files below `root` that are too long, with their number of lines. */
export function longFiles(root: string): string[] {
  const files = globSync('{packages,services,web,scripts,test,bench}/**/*.{ts,tsx,css}', {
    cwd: root,
    exclude: (name) => /^(node_modules|dist.*)$/.test(name),
  });
  return files
    .filter((file) => !generated.includes(file))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > lineLimit)
    .map(({ file, lines }) => `${file} has ${lines} lines, ${lineLimit} at most`);
}

if (import.meta.main) {
  const found = longFiles(resolve(import.meta.dirname, '..'));
  for (const sentence of found) console.error(sentence);
  process.exitCode = found.length ? 1 : 0;
}
