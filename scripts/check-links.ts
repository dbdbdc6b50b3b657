/** Every relative link and image in a Markdown document must name an existing file or folder. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const code = /^```.*?^```|`[^`\n]*`/gms;
const targets = /\]\(([^)\s]+)[^)]*\)|\b(?:src|href)="([^"]+)"/g;

/** Returns the broken links of a document. */
export function brokenLinks(file: string, markdown: string, exists: (path: string) => boolean = existsSync): string[] {
  const links = [...markdown.replaceAll(code, '').matchAll(targets)].map(([, link, source]) => link ?? source ?? '');
  return links.filter((link) => {
    const [path = ''] = link.split('#');
    const isRelative = path !== '' && !/^[a-z]+:/i.test(path);
    return isRelative && !exists(resolve(dirname(file), path));
  });
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..');
  const files = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules', '**/.*'] }).map((file) =>
    resolve(root, file),
  );
  const broken = files.flatMap((file) =>
    brokenLinks(file, readFileSync(file, 'utf8')).map((link) => `${file}: ${link} does not exist`),
  );
  for (const message of broken) console.error(message);
  process.exitCode = broken.length ? 1 : 0;
}
