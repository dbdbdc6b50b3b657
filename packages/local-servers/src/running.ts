/** The file in which `pnpm start` describes itself to the next start and to other commands. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ServiceRole } from '@boxoffice/shared/database/service-roles';
import type { Config } from '@boxoffice/shared/service/config';
import { PlainError } from './plain-error.ts';
import { commandOf, isAlive } from './processes.ts';

/** A running start. */
export interface Running {
  pid: number;
  gatewayUrl: string;
  /** Set once the server is up. */
  databaseUrl?: string;
  /** With which the services log in to the database. */
  serviceUrls?: Record<ServiceRole, string>;
  /** Set once the server is up. */
  redisUrl?: string;
  /** Its services, so that the next start can stop them after a crash. */
  services: { name: string; kind: string; pid: number }[];
}

/** The name of `pnpm start` in `ps`. */
export const startTitle = 'boxoffice';

const noteOf = (config: Pick<Config, 'DATA_DIR'>) => join(resolve(config.DATA_DIR), 'running.json');

/**
 * The database for a command: DATABASE_URL, or the one of the running `pnpm start`.
 *
 * @throws {PlainError} when there is neither
 */
export function databaseUrlOfRunning(config: Config): string {
  if (config.DATABASE_URL) return config.DATABASE_URL;
  const note = readNote(config);
  if (note?.databaseUrl && isStart(note.pid)) return note.databaseUrl;
  throw new PlainError(
    'DATABASE_URL is not set and Boxoffice is not running: start it (npx -y pnpm start) or set DATABASE_URL.',
  );
}

/**
 * The Redis for a command: REDIS_URL, or that of the running `pnpm start`.
 *
 * @throws {PlainError} when there is neither
 */
export function redisUrlOfRunning(config: Config): string {
  if (config.REDIS_URL) return config.REDIS_URL;
  const note = readNote(config);
  if (note?.redisUrl && isStart(note.pid)) return note.redisUrl;
  throw new PlainError(
    'REDIS_URL is not set and Boxoffice is not running: start it (npx -y pnpm start) or set REDIS_URL.',
  );
}

/** Reads the note of a start that is running, or was killed before it could remove it. */
export function readNote(config: Pick<Config, 'DATA_DIR'>): Running | null {
  try {
    return JSON.parse(readFileSync(noteOf(config), 'utf8')) as Running;
  } catch {
    return null; // missing, or truncated by a crash
  }
}

/** Writes the note, readable only by its owner: the URLs contain passwords. */
export function writeNote(config: Pick<Config, 'DATA_DIR'>, running: Running): void {
  mkdirSync(resolve(config.DATA_DIR), { recursive: true, mode: 0o700 });
  writeFileSync(noteOf(config), `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 });
}

export function removeNote(config: Pick<Config, 'DATA_DIR'>): void {
  rmSync(noteOf(config), { force: true });
}

/** Whether this pid is a running start, and not an unrelated process with a recycled pid. */
export function isStart(pid: number): boolean {
  return isAlive(pid) && (process.platform !== 'linux' || commandOf(pid) === startTitle);
}
