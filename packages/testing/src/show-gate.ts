import type { MikroORM } from '@boxoffice/shared/database/orm';
import { showLockClass } from '@boxoffice/shared/database/show-lock';
import { eventually } from './eventually.ts';

/** Blocks turns for one show, so that a test can act in the middle of one. */
export interface ShowGate {
  /** Waits until this many turns are blocked, those of dead workers included. */
  reached(turns: number): Promise<void>;
  /** Runs a statement, if any, while holding the lock, and then releases the turns. */
  open(statement?: string, parameters?: unknown[]): Promise<void>;
}

/** Takes a show's lock as the catalog does to block turns while it changes the show. */
export async function closeShow(orm: MikroORM, showId: number): Promise<ShowGate> {
  const connection = orm.em.getConnection();
  const change = await connection.begin();
  await connection.execute('select pg_advisory_xact_lock(?, ?)', [showLockClass, showId], 'all', change);
  return {
    async reached(turns) {
      await eventually(async () => {
        const waiting = await connection.execute(
          `select 1 from pg_locks where locktype = 'advisory' and not granted and classid = ? and objid = ?
            and database = (select oid from pg_database where datname = current_database())`,
          [showLockClass, showId],
        );
        return waiting.length === turns;
      });
    },
    async open(statement = 'select 1', parameters = []) {
      await connection.execute(statement, parameters, 'all', change);
      await connection.commit(change);
    },
  };
}
