import { arch, availableParallelism, platform, totalmem } from 'node:os';
import type { Options } from './options.ts';
import type { Pgbench } from './systems/pgbench.ts';
import type { System } from './systems/system.ts';

/** Describes the conditions that a reader needs to compare figures. */
export async function describeConditions(
  generator: string,
  pgbench: Pgbench | null,
  { pool }: System,
  { only }: Options,
): Promise<Record<string, string>> {
  const { rows } = await pool.query<{ version: string; durability: string }>(
    `select current_setting('server_version') as version,
       'fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit') as durability`,
  );
  return {
    machine: `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}, Node.js ${process.version}`,
    PostgreSQL: `${rows[0]?.version}, ${rows[0]?.durability}`,
    Redis: 'appendonly yes, appendfsync always',
    load: `${generator}, closed loop, on the same machine`,
    limit: pgbench?.version ?? (only.includes('pgbench') ? 'pgbench is not on PATH' : 'not measured'),
  };
}
