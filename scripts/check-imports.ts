/** Which modules may import which. The rules are those of CONTRIBUTING.md; Biome finds import cycles. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const services = readdirSync(join(root, 'services'));

interface Import {
  /** The importing file, relative to the project's root, with forward slashes. */
  from: string;
  /** The imported file, in the same form; for a library or a module of Node.js, its specifier. */
  to: string;
  isOurs: boolean;
}

interface Rule {
  message: string;
  isBrokenBy(candidate: Import): boolean;
}

const isTest = (path: string) => /\.test\.tsx?$|(^|\/)test\//.test(path);
const isTestSupport = (path: string) => path.startsWith('packages/testing/');
const serviceOf = (path: string) => /^services\/([^/]+)\//.exec(path)?.[1] ?? null;
/** A folder of the gateway's sources, such as "bookings"; `http` is what the features share. */
const gatewayFolderOf = (path: string) => /^services\/gateway\/src\/([^/]+)\//.exec(path)?.[1] ?? null;
const featureOf = (path: string) => (gatewayFolderOf(path) === 'http' ? null : gatewayFolderOf(path));
const isWeb = (path: string) => path.startsWith('web/');
/** An app of the web pages, or `lib`; null for a file that is in none. */
const appOf = (path: string) => /^web\/([^/]+)\//.exec(path)?.[1] ?? null;
const isContract = (path: string) => path.startsWith('packages/shared/src/contracts/');

const rules: Rule[] = [
  {
    message: 'services and packages never import a service: they know each other by contract',
    isBrokenBy: ({ from, to }) =>
      /^(services|packages)\//.test(from) && serviceOf(to) !== null && serviceOf(to) !== serviceOf(from),
  },
  {
    message: 'services and packages import no scripts, benchmark or pages',
    isBrokenBy: ({ from, to }) =>
      /^(services|packages)\//.test(from) && !isTest(from) && !isTestSupport(from) && /^(scripts|bench|web)\//.test(to),
  },
  {
    message: 'the client, which browsers load, imports nothing else of ours',
    isBrokenBy: ({ from, to, isOurs }) =>
      from.startsWith('packages/client/src/') && !isTest(from) && isOurs && !to.startsWith('packages/client/src/'),
  },
  {
    message: 'contracts import other contracts and zod, nothing else',
    isBrokenBy: ({ from, to, isOurs }) =>
      isContract(from) && !isTest(from) && !(isOurs ? isContract(to) : to === 'zod'),
  },
  {
    message: 'web pages import @boxoffice/client and nothing else of ours',
    isBrokenBy: ({ from, to, isOurs }) => isWeb(from) && isOurs && !isWeb(to) && to !== 'packages/client/src/index.ts',
  },
  {
    message: 'the apps of web/ share lib/, and do not import each other',
    isBrokenBy: ({ from, to }) =>
      isWeb(to) && appOf(from) !== appOf(to) && appOf(to) !== 'lib' && isWeb(from) && !isTest(from),
  },
  {
    message: 'production code imports neither tests nor test support',
    isBrokenBy: ({ from, to }) =>
      (/^(services|packages)\//.test(from) || isWeb(from)) &&
      !isTest(from) &&
      !isTestSupport(from) &&
      (isTest(to) || isTestSupport(to)),
  },
  {
    message: 'http/ imports no feature of the gateway',
    isBrokenBy: ({ from, to }) => gatewayFolderOf(from) === 'http' && featureOf(to) !== null,
  },
  {
    message: 'http/ and the features of the gateway know nothing of how it is assembled',
    isBrokenBy: ({ from, to }) =>
      gatewayFolderOf(from) !== null && !isTest(from) && /^services\/gateway\/src\/[^/]+$/.test(to),
  },
  {
    message: 'a feature of the gateway is imported through its index.ts',
    isBrokenBy: ({ from, to }) =>
      featureOf(to) !== null &&
      featureOf(to) !== featureOf(from) &&
      to !== `services/gateway/src/${featureOf(to)}/index.ts`,
  },
];

/** Static imports, re-exports and dynamic imports of a literal, of types too. */
const specifiers = /\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*(?:\/\*.*?\*\/\s*)?['"`]([^'"`]+)['"`]/g;

/**
 * Checks one file.
 *
 * @param path relative to the project's root, with forward slashes
 * @returns a sentence per import that breaks a rule
 */
export function brokenImports(path: string, source: string): string[] {
  return [...source.matchAll(specifiers)].flatMap((match) => {
    const specifier = match[1] ?? match[2] ?? '';
    const candidate = resolveImport(path, specifier);
    return rules
      .filter((rule) => rule.isBrokenBy(candidate))
      .map(({ message }) => `${path} imports ${specifier}: ${message}`);
  });
}

function resolveImport(from: string, specifier: string): Import {
  if (specifier.startsWith('.')) return { from, to: normalize(join(dirname(from), specifier)), isOurs: true };
  const [, name, inside = 'index'] = /^@boxoffice\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (!name) return { from, to: specifier, isOurs: false };
  return { from, to: `${services.includes(name) ? 'services' : 'packages'}/${name}/src/${inside}.ts`, isOurs: true };
}

/** Checks every source file of the project. */
export function brokenImportsOfProject(): string[] {
  const files = globSync('{packages,services,web,scripts,test,bench}/**/*.{ts,tsx}', {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  });
  return files.toSorted().flatMap((file) => brokenImports(file, readFileSync(join(root, file), 'utf8')));
}

if (import.meta.main) {
  const broken = brokenImportsOfProject();
  for (const sentence of broken) console.error(sentence);
  process.exitCode = broken.length ? 1 : 0;
}
