import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { isDatabaseAway, sqlState } from '@boxoffice/shared/database/errors';
import type pg from 'pg';
import { type Archive, readArchive } from './archive-file.ts';
import { beginWriting, inTransaction, readMigrations } from './database.ts';
import { findDifference, findShow, lockAgainstTurns } from './show-facts.ts';
import { type Columns, countRows, insertRows, isSame, readColumns, readTotals, type Table, tables } from './tables.ts';
import { Tally } from './tally.ts';

/** The most text of rows that is inserted at a time, in characters. */
const batchLimit = 1024 * 1024;
const isRestored = 'it is restored already';

interface RestoreOptions {
  client: pg.Client;
  /** A folder, or one file. */
  path: string;
  say: (line: string) => void;
}

/** Puts the rows of archived shows back, each show in one transaction. Files stay. */
export async function restoreShows({ client, path, say }: RestoreOptions): Promise<Tally> {
  const files = await findFiles(path);
  const known = { columns: await readColumns(client), migrations: await readMigrations(client) };
  const tally = new Tally(files.length, say);
  for (const file of files) await tally.add(file, () => restoreShow(client, file, known));
  return tally;
}

async function findFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = (await readdir(path)).filter((name) => /^show-\d+\.jsonl\.gz$/.test(name));
    if (names.length > 0)
      return names.sort(new Intl.Collator('en', { numeric: true }).compare).map((name) => join(path, name));
  } catch (error) {
    throw new PlainError(`${path} cannot be read: ${(error as Error).message}`);
  }
  throw new PlainError(`There are no archived shows in ${path}.`);
}

async function restoreShow(
  client: pg.Client,
  file: string,
  known: { columns: Columns; migrations: string[] },
): Promise<{ rows: number } | { skipped: string }> {
  const archive = await readArchive(file);
  checkSchema(file, archive, known);
  const restored = await inTransaction(
    client,
    beginWriting,
    () => restore(client, file, archive),
    (done) => done,
  );
  return restored ? { rows: countRows(archive.totals) } : { skipped: isRestored };
}

function checkSchema(file: string, archive: Archive, known: { columns: Columns; migrations: string[] }): void {
  const unknown = tables.flatMap((table) =>
    archive.columns[table].filter((column) => !known.columns[table].includes(column)),
  );
  if (!known.migrations.includes(archive.migration) || unknown.length > 0)
    throw new PlainError(
      `${file}, line 1: the rows are of another schema (${[archive.migration, ...unknown].join(', ')}): ` +
        'restore it with the release that wrote it, or a later one.',
    );
}

/** Returns false when everything is there already. @throws {PlainError} when the show is not as it was archived */
async function restore(client: pg.Client, file: string, { show, columns, totals }: Archive): Promise<boolean> {
  const refuse = (reason: string) => new PlainError(`${reason}. Nothing of ${file} was restored.`);
  const current = () => readTotals(client, columns, show.id);
  const before = await current();
  if (isSame(before, totals) && countRows(before) > 0) return false;
  if (countRows(before) > 0) throw refuse(`Show ${show.id} has other rows than the file`);
  await insertAll(client, file, columns);
  // Late, as when it was archived.
  if (!(await lockAgainstTurns(client, show.id))) throw refuse(`Somebody is changing show ${show.id}`);
  const now = await findShow(client, show.id, { lock: true });
  const difference = now ? findDifference(now, show) : 'id';
  if (!now) throw refuse(`Show ${show.id} does not exist any more`);
  if (difference) throw refuse(`Show ${show.id} is not as it was archived: its ${difference} differs`);
  if (!isSame(await current(), totals)) throw refuse(`The rows would not be those of show ${show.id} as archived`);
  await client.query(reopenSql, [show.id]);
  await client.query('update catalog.shows set archived_at = null where id = $1', [show.id]);
  return true;
}

async function insertAll(client: pg.Client, file: string, columns: Columns): Promise<void> {
  let batch: { table: Table; rows: string[]; length: number } | undefined;
  let line = 1;
  const flush = async () => {
    if (!batch) return;
    const { table, rows } = batch;
    batch = undefined;
    if (table === 'payments.payment_events') await client.query(forgetRepeatsSql, [`[${rows.join()}]`]);
    await insertRows(client, columns, table, rows).catch((error) => {
      if (isDatabaseAway(error) || !/^2[23]/.test(sqlState(error) ?? '')) throw error;
      const lines = `lines ${line - rows.length + 1} to ${line}`;
      throw new PlainError(`${file}, ${lines}: ${(error as Error).message}. Nothing of it was restored.`);
    });
  };
  await readArchive(file, async (table, row) => {
    if (batch && (batch.table !== table || batch.length > batchLimit)) await flush();
    batch ??= { table, rows: [], length: 0 };
    batch.rows.push(row);
    batch.length += row.length;
    line++;
  });
  await flush();
}

/** Events of the archive that providers have sent again: how they were handled is in the file. */
const forgetRepeatsSql = `
  delete from payments.payment_events as repeat
  using json_to_recordset($1::json) as archived (provider text, event_id text)
  where repeat.payment_id is null and repeat.provider = archived.provider and repeat.event_id = archived.event_id`;

/** Events that came while their payments were archived, and were given up as unknown, are handled now. */
const reopenSql = `
  update payments.payment_events as event set handled_at = null, outcome = null, tries = 0, next_try_at = now()
  from payments.payments as payment
  where payment.show_id = $1 and event.payment_id is null and event.outcome = 'unknown payment'
    and event.provider = payment.provider and (event.data->>'payment_id' = payment.id::text
      or event.reference = payment.reference or event.data->>'intent' = payment.intent)`;
