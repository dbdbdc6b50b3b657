/** `pnpm build`: builds the web pages if they are missing or older than their sources. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { runCommand } from './command.ts';

const root = resolve(import.meta.dirname, '..');
const web = join(root, 'web');
const built = join(web, 'dist');
const vite = join(web, 'node_modules/vite/bin/vite.js');
/** All sources of the pages; the lockfile stands for their packages. */
const sources = [
  'pnpm-lock.yaml',
  'tsconfig.json',
  'scripts/build.ts',
  'web/*.{html,json,ts}',
  'web/{admin,boxoffice,landing,lib}/**/*.*',
  'packages/client/{package.json,src/**/*.ts}',
];

/**
 * Builds the pages that the gateway serves, unless they are up to date. Several processes may do so at
 * the same time: the pages are never half-written.
 *
 * @returns whether there was anything to do; `unavailable` where the development dependencies, and
 *   with them the bundler, are not installed
 * @throws {PlainError} with the bundler's output when it fails
 */
export async function buildPages(): Promise<'built' | 'up to date' | 'unavailable'> {
  const hash = hashOfSources();
  if (isBuiltFrom(hash)) return 'up to date';
  if (!existsSync(vite)) return 'unavailable';
  const fresh = mkdtempSync(`${built}-`);
  try {
    await runVite(fresh);
    compressIn(fresh);
    writeFileSync(join(fresh, 'sources.sha256'), hash);
    return putInPlace(fresh, hash) ? 'built' : 'up to date';
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const file of globSync(sources, { cwd: root, exclude: ['**/*.test.*'] }).sort()) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

function isBuiltFrom(hash: string): boolean {
  const stamp = join(built, 'sources.sha256');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hash;
}

/** Moves a new build to where it is served from. Returns false if another process was faster. */
function putInPlace(fresh: string, hash: string): boolean {
  const old = `${fresh}-old`;
  try {
    while (!isBuiltFrom(hash)) {
      if (existsSync(built)) renameSync(built, old);
      try {
        renameSync(fresh, built);
        return true;
      } catch (error) {
        if (!/^(ENOTEMPTY|EEXIST)$/.test(String((error as NodeJS.ErrnoException).code))) throw error;
        rmSync(old, { recursive: true, force: true });
      }
    }
    return false;
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

function runVite(outDir: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [vite, 'build', '--outDir', outDir, '--logLevel', 'warn'], {
      cwd: web,
      // This variable would select React's development build, so our own value must not be inherited.
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    child.once('error', fail);
    child.once('close', (code) =>
      code === 0 ? done() : fail(new PlainError(`The pages cannot be built:\n${output.trimEnd()}`)),
    );
  });
}

/** Compresses once, at build time, rather than for every response. */
function compressIn(folder: string): void {
  for (const file of globSync('**/*.{css,html,js,svg}', { cwd: folder })) {
    const path = join(folder, file);
    const content = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    // The last two levels take ten times as long for one percent.
    writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
  }
}

if (import.meta.main) {
  await runCommand(async () => {
    const result = await buildPages();
    if (result === 'unavailable') throw new PlainError('The development dependencies are missing: run `pnpm install`.');
    console.log(`pages: ${result}`);
  });
}
