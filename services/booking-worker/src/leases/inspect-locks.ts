import { leaseLockClass } from '@boxoffice/shared/partition';
import type pg from 'pg';

/**
 * First key of the advisory lock that marks a session as a live worker; the second is the session's number. That
 * is random: PostgreSQL reuses process ids, so another session could pass for one that has ended.
 */
export const presenceClass = 7_231;

/**
 * First key of the shared advisory locks with which workers announce that they refuse a partition because they do not
 * understand its next envelope; the second key is the partition. Like leases, the locks end with the session.
 */
export const refusalClass = 7_235;

interface Locks {
  /** The sessions of the live workers, in ascending order. */
  workers: number[];
  /** The partitions that have an owner. */
  taken: Set<number>;
  /** The partitions that other sessions refuse. */
  refusedByOthers: Set<number>;
}

export async function inspectLocks(client: pg.Client): Promise<Locks> {
  const { rows } = await client.query<{ class: number; key: number }>(locksSql, [
    [presenceClass, leaseLockClass],
    refusalClass,
  ]);
  const keys = (lockClass: number) => rows.filter((row) => row.class === lockClass).map((row) => row.key);
  return {
    workers: keys(presenceClass).sort((a, b) => a - b),
    taken: new Set(keys(leaseLockClass)),
    refusedByOthers: new Set(keys(refusalClass)),
  };
}

/** Only exclusive locks count as presence and leases: a turn briefly takes a shared one to test whether a session lives. */
const locksSql = `
  select classid::int as class, objid::int as key from pg_locks
  where locktype = 'advisory' and granted and objsubid = 2
    and (mode = 'ExclusiveLock' and classid = any($1) or classid = $2 and pid <> pg_backend_pid())
    and database = (select oid from pg_database where datname = current_database())`;
