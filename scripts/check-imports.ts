/**
 * The import-direction rule. A service is read from left to right, entry → use cases → exits, and
 * imports point that way only; services never import services, and what they share imports none of them.
 * The web pages import none of it.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';

/** The places of a service's `src`, left to right. */
const places = [
  { name: 'entry', pattern: /^((server|app|openapi|worker|consumer)\.ts|(plugins|routes|jobs)\/)/ },
  { name: 'use case', pattern: /^(turn\.ts|use-cases\/)/ },
  { name: 'exit', pattern: /^(queue|clients|repositories|leases)\// },
];
/** What is in none of the places (pure functions, metrics) is there for everyone, and needs none of them but exits. */
const anywhere = { name: 'code for everyone' };

const specifiers = /(?:^|\s)(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/gm;

/**
 * Checks one file.
 *
 * @param path relative to the project's root, with forward slashes
 * @returns a sentence per import that breaks the rule
 */
export function brokenImports(path: string, source: string): string[] {
  const broken: string[] = [];
  const own = serviceOf(path);
  for (const [, specifier = ''] of source.matchAll(specifiers)) {
    const target = specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier;
    const other = serviceOf(target);
    if (other && other !== own && /^(services|packages)\//.test(path)) {
      broken.push(`${path} imports service ${other} (${specifier}): services know each other by contract only`);
    }
    if (isPage(path) && (/^services\//.test(target) || /^@boxoffice\/(?!client$)/.test(target)) && !isPage(target)) {
      broken.push(`${path} imports ${specifier}: pages know the HTTP interface alone, by @boxoffice/client`);
    }
    const [from, to] = [placeOf(path), placeOf(target)];
    if (other === own && isLeftOf(to, from) && !path.endsWith('.test.ts')) {
      broken.push(`${path}: ${from.name} imports ${to.name} (${specifier}): imports go from entry to use case to exit`);
    }
  }
  return broken;
}

type Place = { name: string };

function isLeftOf(one: Place, other: Place): boolean {
  const rank = (place: Place) => places.findIndex(({ name }) => name === place.name);
  return one !== anywhere && rank(one) < (other === anywhere ? rank({ name: 'exit' }) : rank(other));
}

function isPage(path: string): boolean {
  return path.startsWith('web/');
}

function serviceOf(path: string): string | null {
  return /^(?:services|@boxoffice)\/(gateway|catalog|booking-worker)(?:\/|$)/.exec(path)?.[1] ?? null;
}

function placeOf(path: string): Place {
  const inside = /^services\/[^/]+\/src\/(.*)$/.exec(path)?.[1] ?? '';
  return places.find(({ pattern }) => pattern.test(inside)) ?? anywhere;
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..');
  const files = globSync(['{services,packages}/*/src/**/*.ts', 'web/{admin,boxoffice,landing,lib}/**/*.{ts,tsx}'], {
    cwd: root,
  });
  const broken = files.flatMap((file) => brokenImports(file, readFileSync(join(root, file), 'utf8')));
  for (const sentence of broken) console.error(sentence);
  process.exitCode = broken.length ? 1 : 0;
}
