import { leaseLockClass } from '@boxoffice/shared/partition';
import type pg from 'pg';

/**
 * First key of the advisory lock that marks a session as a live worker; the second is the session's number. That
 * is random: PostgreSQL reuses process ids, so another session could pass for one that has ended.
 */
export const presenceClass = 7_231;

/** The sessions of the workers present, in order, and the partitions that have an owner. */
export async function inspectLocks(client: pg.Client): Promise<{ workers: number[]; taken: Set<number> }> {
  const { rows } = await client.query<{ class: number; key: number }>(locksSql, [[presenceClass, leaseLockClass]]);
  const keys = (lockClass: number) => rows.filter((row) => row.class === lockClass).map((row) => row.key);
  return { workers: keys(presenceClass).sort((a, b) => a - b), taken: new Set(keys(leaseLockClass)) };
}

/** Exclusive locks only: a turn that tests whether a session lives takes a shared one for a moment. */
const locksSql = `
  select classid::int as class, objid::int as key from pg_locks
  where locktype = 'advisory' and mode = 'ExclusiveLock' and granted and objsubid = 2 and classid = any($1)
    and database = (select oid from pg_database where datname = current_database())`;
