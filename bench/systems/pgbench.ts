/** The limit: what the same PostgreSQL does when nothing stands before it, measured by its own tool. */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type pg from 'pg';
import { peerSchemaSql } from '../peers/schema.ts';
import { openPool, type Servers, urlOf } from './servers.ts';
import type { Started } from './system.ts';

const run = promisify(execFile);
/** The server takes 200 connections at most. */
const clients = 64;
/** Its connections take time, which counts in its duration and not in its rate, in seconds. */
const connectingSeconds = 2;
const row = `1, 1, 'S' || nextval('seat')`;
const scripts = {
  single: `insert into bookings (show_id, user_id, seat_number) values (${row}) on conflict do nothing;\n`,
  'rows of 32': `insert into bookings (show_id, user_id, seat_number) select ${row} from generate_series(1, 32) on conflict do nothing;\n`,
};

export type PgbenchScript = keyof typeof scripts;
export const pgbenchRows: Record<PgbenchScript, number> = { single: 1, 'rows of 32': 32 };

export interface Pgbench {
  /** As the tool says it. */
  version: string;
  /** Rows inserted per second, by 64 clients with prepared statements into the table of the direct peer. */
  rate(script: PgbenchScript, seconds: number, signal: AbortSignal): Promise<number>;
}

/** Makes ready to measure, or gives null where there is no pgbench. */
export async function findPgbench(servers: Servers, started: Started): Promise<Pgbench | null> {
  const version = await run('pgbench', ['--version']).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  );
  if (!version) return null;
  const pool = await openPool(servers, 'pgbench', started);
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
      if (!(transactions > 0)) throw new Error(`pgbench gave no rate:\n${stdout}`);
      return transactions * pgbenchRows[script];
    },
  };
}

function argumentsFor(pool: pg.Pool, file: string, seconds: number): string[] {
  const { hostname, port, username, pathname } = new URL(urlOf(pool));
  const where = ['--host', hostname, '--port', port, '--username', username];
  const how = ['--no-vacuum', '--protocol', 'prepared', '--client', String(clients), '--jobs', '2'];
  return [...where, ...how, '--time', String(seconds + connectingSeconds), '--file', file, pathname.slice(1)];
}
