/** The limit: the same PostgreSQL with nothing in front of it, measured with its own tool. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';
import { peerSchemaSql } from '../peers/schema.ts';
import type { Cleanup } from './cleanup.ts';
import { openPool, type Servers, urlOf } from './servers.ts';

const run = promisify(execFile);
/** The server allows 200 connections. */
const clients = 64;
/** pgbench spends part of its duration connecting, and excludes that from its rate; in seconds. */
const connectingSeconds = 2;
const row = `1, 1, 'S' || nextval('seat')`;
const scripts = {
  single: `insert into bookings (show_id, user_id, seat_number) values (${row}) on conflict do nothing;\n`,
  'rows of 32': `insert into bookings (show_id, user_id, seat_number) select ${row} from generate_series(1, 32) on conflict do nothing;\n`,
};

export type PgbenchScript = keyof typeof scripts;
export const pgbenchRows: Record<PgbenchScript, number> = { single: 1, 'rows of 32': 32 };

export interface Pgbench {
  /** As the tool reports it. */
  version: string;
  /** Rows per second that 64 clients with prepared statements insert into the direct peer's table. */
  rate(script: PgbenchScript, seconds: number, signal: AbortSignal): Promise<number>;
}

/** Prepares a database for pgbench; returns null if pgbench is not on PATH. */
export async function findPgbench(servers: Servers, cleanup: Cleanup): Promise<Pgbench | null> {
  const version = await run('pgbench', ['--version']).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
  if (!version) return null;
  const pool = await openPool(servers, 'pgbench', cleanup);
  await pool.query(peerSchemaSql);
  await pool.query(
    `create sequence seat; insert into shows (date_time, total_seats, seats_per_row) values (now(), 1, 1)`,
  );
  const folder = join(servers.folder, 'pgbench');
  mkdirSync(folder, { recursive: true });
  return {
    version,
    async rate(script, seconds, signal) {
      const file = join(folder, `${pgbenchRows[script]}.sql`);
      writeFileSync(file, scripts[script]);
      const { stdout } = await run('pgbench', argumentsFor(pool, file, seconds), {
        env: { ...process.env, PGPASSWORD: new URL(urlOf(pool)).password },
        signal,
      });
      const transactions = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1]);
      if (!(transactions > 0)) throw new Error(`pgbench printed no rate:\n${stdout}`);
      return transactions * pgbenchRows[script];
    },
  };
}

function argumentsFor(pool: pg.Pool, file: string, seconds: number): string[] {
  const { hostname, port, username, pathname } = new URL(urlOf(pool));
  const server = ['--host', hostname, '--port', port, '--username', username];
  const mode = ['--no-vacuum', '--protocol', 'prepared', '--client', String(clients), '--jobs', '2'];
  return [...server, ...mode, '--time', String(seconds + connectingSeconds), '--file', file, pathname.slice(1)];
}
