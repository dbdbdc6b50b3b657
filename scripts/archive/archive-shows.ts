import { access, constants, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { sqlState } from '@boxoffice/shared/database/errors';
import type pg from 'pg';
import { type Archive, readArchive, syncFolder, writeArchive } from './archive-file.ts';
import { beginWriting, inTransaction, readMigrations } from './database.ts';
import { endSql, findDifference, findObstacle, findShow, lockAgainstTurns, type ShowFacts } from './show-facts.ts';
import { type Columns, countRows, deleteRows, isSame, readColumns, readRows, readTotals, tables } from './tables.ts';
import { Tally } from './tally.ts';

/** Rows that another transaction has locked may delay us for this long, in milliseconds. */
const lockTimeoutMs = 5_000;
/** Deadlock, lock not available. */
const busyStates = ['40P01', '55P03'];
const isBusy = 'somebody is changing it: try again';
const keepIt = 'It may be the only copy: move it elsewhere, keep it, and try again.';
const hasChanged = 'it has changed meanwhile: try again';

export interface ArchiveOptions {
  client: pg.Client;
  /** Shows that ended before this day began, in UTC: YYYY-MM-DD. */
  before: string;
  folder: string;
  say: (line: string) => void;
}

type Job = Pick<ArchiveOptions, 'client' | 'folder'> & { before: string; columns: Columns; migration: string };

/**
 * Moves the rows of old shows into files, one show after another. May be killed at any moment and run again: rows are deleted
 * only when their file is complete and on disk, and only if the file has exactly these rows.
 */
export async function archiveShows({ client, before: day, folder, say }: ArchiveOptions): Promise<Tally> {
  await prepareFolder(folder);
  const before = `${day}T00:00:00Z`;
  const columns = await readColumns(client);
  const migration = (await readMigrations(client)).at(-1) ?? '';
  const { rows: shows } = await client.query<{ id: number }>(candidatesSql, [before]);
  const tally = new Tally(shows.length, say);
  for (const { id } of shows)
    await tally.add(`Show ${id}`, () => archiveShow({ client, folder, before, columns, migration }, id));
  return tally;
}

const candidatesSql = `
  select shows.id from catalog.shows join catalog.movies on movies.id = movie_id
  where ${endSql} <= $1::timestamptz and (
    ${tables
      .filter((table) => table !== 'payments.payment_events')
      .map((table) => `exists (select from ${table} as archived where archived.show_id = shows.id)`)
      .join(' or ')})
  order by shows.date_time, shows.id`;

async function prepareFolder(folder: string): Promise<void> {
  try {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    for (let path = folder; first && path.length >= first.length; path = dirname(path)) await syncFolder(dirname(path));
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new PlainError(`The folder ${folder} cannot be used: ${(error as Error).message}`);
  }
}

async function archiveShow(job: Job, showId: number): Promise<{ rows: number } | { skipped: string }> {
  const { client, folder, before, columns } = job;
  const path = join(folder, `show-${showId}.jsonl.gz`);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  const archive = await inTransaction(client, 'begin isolation level repeatable read, read only', async () => {
    const obstacle = await findObstacle(client, showId, before);
    if (obstacle) return obstacle;
    const show = (await findShow(client, showId)) as ShowFacts;
    return isThere ? verify(path, { show, columns }) : write(path, job, show);
  });
  if (typeof archive === 'string') return { skipped: archive };
  await syncFolder(folder); // also when a run was killed before it could
  const obstacle = await deleteShow(job, archive);
  if (!obstacle) return { rows: countRows(archive.totals) };
  if (!isThere) await rm(path);
  else if (obstacle === hasChanged)
    throw new PlainError(`${path} has other rows of the show than the database. ${keepIt}`);
  return { skipped: obstacle };
}

async function write(path: string, { client, columns, migration }: Job, show: ShowFacts): Promise<Archive> {
  const totals = await readTotals(client, columns, show.id);
  const rows = Object.fromEntries(tables.map((table) => [table, totals[table].rows])) as Archive['rows'];
  return writeArchive(path, { show, migration, columns, rows }, readRows(client, columns, show.id));
}

/** A file of an earlier run is never overwritten: it may be the only copy of its rows. */
async function verify(path: string, expected: { show: ShowFacts; columns: Columns }): Promise<Archive> {
  const archive = await readArchive(path);
  const isOther =
    findDifference(archive.show, expected.show) || JSON.stringify(archive.columns) !== JSON.stringify(expected.columns);
  if (isOther) throw new PlainError(`${path} was written before the show or the schema changed. ${keepIt}`);
  return archive;
}

/**
 * Deletes a show's rows if they are those of the archive. Turns, events of payments and changes of the show are kept out until
 * this is committed: turns only at the end, for an instant, because a turn decides requests for other shows too.
 *
 * @returns why nothing was deleted; null when it was
 */
async function deleteShow({ client, columns, before }: Job, { show, totals }: Archive): Promise<string | null> {
  const remove = async (): Promise<string | null> => {
    await client.query(`set local lock_timeout = ${lockTimeoutMs}`);
    // Whoever handles an event has locked its payment: what was done is seen by the statements after this one.
    await client.query('select from payments.payments where show_id = $1 for update', [show.id]);
    const obstacle = await findObstacle(client, show.id, before); // later, its payments are gone
    if (obstacle) return obstacle;
    if (!isSame(await deleteRows(client, columns, show.id), totals)) return hasChanged;
    if (!(await lockAgainstTurns(client, show.id))) return isBusy;
    const current = await findShow(client, show.id, { lock: true });
    if (!current || findDifference(current, show)) return hasChanged;
    // Whatever was committed before we had the locks is seen now.
    if (countRows(await readTotals(client, columns, show.id)) > 0) return hasChanged;
    await client.query('update catalog.shows set archived_at = now() where id = $1', [show.id]);
    return findObstacle(client, show.id, before);
  };
  return inTransaction(client, beginWriting, remove, (obstacle) => obstacle === null).catch((error) => {
    if (busyStates.includes(String(sqlState(error)))) return isBusy;
    throw error;
  });
}
