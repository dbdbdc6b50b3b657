import { createHash } from 'node:crypto';
import type pg from 'pg';

/**
 * The tables whose rows are archived, in the order in which they are deleted: events are found through their payments. Audit
 * lines stay, because they are never deleted. So do outcomes of requests: they are removed after a day anyway.
 */
export const tables = [
  'payments.payment_events',
  'payments.payments',
  'booking.payment_verdicts',
  'booking.seat_claims',
  'booking.bookings',
] as const;
export type Table = (typeof tables)[number];
export type PerTable<Value> = Record<Table, Value>;
/** The names of the columns that are archived. */
export type Columns = PerTable<string[]>;

/** How many rows there are, and the sum of their digests, so that the order does not matter. */
export interface Total {
  rows: number;
  digest: bigint;
}
export type Totals = PerTable<Total>;

export const perTable = <Value>(of: (table: Table) => Value) =>
  Object.fromEntries(tables.map((table) => [table, of(table)])) as PerTable<Value>;
export const noTotals = (): Totals => perTable(() => ({ rows: 0, digest: 0n }));
export const countRows = (totals: PerTable<{ rows: number }>) =>
  tables.reduce((sum, table) => sum + totals[table].rows, 0);
export const isSame = (some: Totals, others: Totals) =>
  tables.every((table) => some[table].rows === others[table].rows && some[table].digest === others[table].digest);

/** Adds a row, as PostgreSQL writes it in JSON. */
export function addRow(total: Total, row: string): void {
  total.rows++;
  total.digest += createHash('sha256').update(row).digest().readBigInt64BE();
}

/** The same digest in SQL. */
const totalSql = `count(*)::int as rows, coalesce(sum(
  ('x' || left(encode(sha256(convert_to(row_to_json(archived)::text, 'UTF8')), 'hex'), 16))::bit(64)::bigint
), 0)::text as digest`;

function ofShow(table: Table, showId: number): string {
  const condition = `show_id = ${showId}`;
  if (table !== 'payments.payment_events') return condition;
  return `payment_id in (select id from payments.payments where ${condition})`;
}

const selectSql = (table: Table, columns: Columns, showId: number) =>
  `select ${columns[table].join(', ')} from ${table} where ${ofShow(table, showId)}`;

/** The columns that the tables have. */
export async function readColumns(client: pg.Client): Promise<Columns> {
  const { rows } = await client.query<{ table: Table; columns: string[] }>(
    `select name as table, array_agg(quote_ident(attname) order by attnum) as columns
     from unnest($1::text[]) as name join pg_attribute on attrelid = name::regclass
     where attnum > 0 and not attisdropped group by name`,
    [tables],
  );
  return perTable((table) => rows.find((row) => row.table === table)?.columns ?? []);
}

/** A show's rows, some at a time, as JSON: that keeps microseconds, large numbers and bytes exactly. Call in a transaction. */
export async function* readRows(client: pg.Client, columns: Columns, showId: number) {
  for (const table of tables) {
    await client.query(
      `declare archived_rows no scroll cursor for
       select row_to_json(archived)::text as row from (${selectSql(table, columns, showId)}) as archived`,
    );
    for (;;) {
      const { rows } = await client.query<{ row: string }>('fetch 500 from archived_rows');
      if (rows.length === 0) break;
      yield { table, rows: rows.map(({ row }) => row) };
    }
    await client.query('close archived_rows');
  }
}

export const readTotals = (client: pg.Client, columns: Columns, showId: number): Promise<Totals> =>
  totalsOf(client, (table) => selectSql(table, columns, showId));

/** Deletes a show's rows. Returns what was deleted. */
export const deleteRows = (client: pg.Client, columns: Columns, showId: number): Promise<Totals> =>
  totalsOf(
    client,
    (table) => `delete from ${table} where ${ofShow(table, showId)} returning ${columns[table].join(', ')}`,
  );

async function totalsOf(client: pg.Client, sqlOf: (table: Table) => string): Promise<Totals> {
  const totals = noTotals();
  for (const table of tables) {
    const { rows } = await client.query<{ rows: number; digest: string }>(
      `with archived as (${sqlOf(table)}) select ${totalSql} from archived`,
    );
    totals[table] = { rows: rows[0]?.rows ?? 0, digest: BigInt(rows[0]?.digest ?? 0) };
  }
  return totals;
}

/** Adds rows of one table. Columns that did not exist when they were archived get their defaults. */
export async function insertRows(client: pg.Client, columns: Columns, table: Table, rows: string[]): Promise<void> {
  const names = columns[table].join(', ');
  await client.query(
    `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $1::json)`,
    [`[${rows.join()}]`],
  );
}
