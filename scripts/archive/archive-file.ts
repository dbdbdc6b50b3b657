import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import type { ShowFacts } from './show-facts.ts';
import { addRow, type Columns, noTotals, type PerTable, perTable, type Table, type Totals, tables } from './tables.ts';

const format = 'boxoffice-show';
const version = 1;
/** The longest line, in bytes, so that no file can fill the memory. */
const lineLimit = 1024 * 1024;

/** The first line of a file. */
export interface Header {
  show: ShowFacts;
  /** The latest migration of the database that the rows are from. */
  migration: string;
  columns: Columns;
  rows: PerTable<number>;
}

export interface Archive extends Header {
  totals: Totals;
}

/**
 * Writes the file of a show: a header, a line per row, and a line with a checksum. It has its name only when it is complete and
 * on disk.
 */
export async function writeArchive(
  path: string,
  header: Header,
  batches: AsyncIterable<{ table: Table; rows: string[] }>,
): Promise<Archive> {
  const totals = noTotals();
  const hash = createHash('sha256');
  async function* content() {
    const hashed = (text: string) => {
      hash.update(text);
      return text;
    };
    yield hashed(`${JSON.stringify({ format, version, ...header })}\n`);
    for await (const { table, rows } of batches) {
      for (const row of rows) {
        if (Buffer.byteLength(row) > lineLimit - 100) throw new PlainError(`A row of ${table} is longer than 1 MB.`);
        addRow(totals[table], row);
      }
      yield hashed(rows.map((row) => `["${table}",${row}]\n`).join(''));
    }
    yield `${JSON.stringify({ sha256: hash.digest('hex') })}\n`;
  }
  const temporary = `${path}.tmp`;
  await rm(temporary, { force: true }); // of a run that was killed
  try {
    const file = createWriteStream(temporary, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(Readable.from(content()), createGzip(), file);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    if (!('syscall' in (error as Error))) throw error;
    throw new PlainError(`${path} cannot be written: ${(error as Error).message}.`);
  }
  return { ...header, totals };
}

/** Makes sure that new names in a folder survive a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}

/**
 * Reads a file to its end.
 *
 * @param onRow called with each row, in JSON, before the file is known to be complete
 * @throws {PlainError} when it is not a complete file of a show, with the line
 */
export async function readArchive(
  path: string,
  onRow: (table: Table, row: string) => Promise<void> = async () => {},
): Promise<Archive> {
  let line = 0;
  const invalid = (reason: string) => new PlainError(`${path}, line ${Math.max(line, 1)}: ${reason}.`);
  const totals = noTotals();
  const hash = createHash('sha256');
  let header: Header | undefined;
  let isComplete = false;
  for await (const text of readLines(path, () => line)) {
    line++;
    if (isComplete) throw invalid('the file goes on after its last line');
    const value = parse(text);
    if (!header) {
      header = headerOf(value, invalid);
    } else if (Array.isArray(value) && value.length === 2 && tables.includes(value[0])) {
      const [table] = value as [Table];
      const row = text.slice(`["${table}",`.length, -1);
      if (!text.startsWith(`["${table}",{`)) throw invalid('this is not a row');
      addRow(totals[table], row);
      await onRow(table, row);
    } else {
      const { sha256 } = (value ?? {}) as { sha256?: unknown };
      if (typeof sha256 !== 'string') throw invalid('this is not a row of a table that is archived');
      if (sha256 !== hash.digest('hex')) throw invalid('the checksum is wrong: the file has been changed');
      isComplete = true;
      continue;
    }
    hash.update(`${text}\n`);
  }
  if (!header || !isComplete) throw invalid('the file ends here, but is not complete');
  const { rows } = header;
  const wrong = tables.find((table) => totals[table].rows !== rows[table]);
  if (wrong) throw invalid(`there are ${totals[wrong].rows} rows of ${wrong}, not ${rows[wrong]} as the header says`);
  return { ...header, totals };
}

/** The lines of a compressed file. The last must end too. */
async function* readLines(path: string, lineNumber: () => number): AsyncGenerator<string> {
  const input = createReadStream(path);
  const text = input.pipe(createGunzip());
  input.on('error', (error) => text.destroy(error));
  let rest: Buffer = Buffer.alloc(0);
  const fail = (reason: string) => new PlainError(`${path}, line ${lineNumber() + 1}: ${reason}.`);
  try {
    for await (const chunk of text as AsyncIterable<Buffer>) {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      let start = 0;
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10, start)) {
        yield rest.toString('utf8', start, end);
        start = end + 1;
      }
      rest = rest.subarray(start);
      if (rest.length > lineLimit) throw fail('the line is longer than 1 MB');
    }
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (/^Z_/.test(code)) throw fail(`the file is damaged or truncated (${(error as Error).message})`);
    if (/^E[A-Z]+$/.test(code)) throw new PlainError(`${path} cannot be read: ${(error as Error).message}`);
    throw error;
  } finally {
    input.destroy();
    text.destroy();
  }
  if (rest.length > 0) throw fail('the file ends within a line');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function headerOf(value: unknown, invalid: (reason: string) => Error): Header {
  const header = (value ?? {}) as Partial<Header> & { format?: unknown; version?: unknown };
  if (header.format !== format) throw invalid('this is not the file of a show');
  if (header.version !== version) throw invalid(`files of version ${header.version} cannot be read by this release`);
  const { show, migration, columns, rows } = header;
  const isValid =
    isShowId(show?.id) &&
    typeof migration === 'string' &&
    tables.every((table) => Number.isSafeInteger(rows?.[table]) && isNames(columns?.[table]));
  if (!isValid) throw invalid('the header is not valid');
  return {
    ...{ show: show as ShowFacts, migration: migration as string },
    ...{ columns: perTable((table) => (columns as Columns)[table]), rows: rows as PerTable<number> },
  };
}

const isShowId = (id: unknown) => Number.isInteger(id) && Number(id) > 0 && Number(id) < 2 ** 31;
const isNames = (names: unknown) =>
  Array.isArray(names) && names.length > 0 && names.every((name) => /^[a-z][a-z0-9_]*$/.test(String(name)));
