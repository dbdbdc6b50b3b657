/**
 * The plans of the statements that the code issues. PostgreSQL's auto_explain reports them to the session that
 * ran the statement, so they are those of its role and its prepared statements. No test holds a copy of any SQL.
 */
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Pool, PoolClient } from 'pg';
import { execute } from './database.ts';

/** A node of a plan, as in `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)`; numbers are averages over its loops. */
interface Node {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Index Recheck'?: number;
  'Shared Hit Blocks': number;
  'Shared Read Blocks': number;
  Plans?: Node[];
}

/** One statement, and what PostgreSQL read to run it. */
export interface RunStatement {
  sql: string;
  /** Tables, and partitions of tables, that it read. */
  scanned: string[];
  /** Those that it scanned sequentially. */
  readWhole: string[];
  /** Table rows that it read, whether they matched or not. */
  rows: number;
  /** Pages of tables and indexes that it read, 8 KB each, repeated reads included. */
  pages: number;
}

/** Makes PostgreSQL explain every statement of sessions that are opened from now on. */
export async function explainEverything(databaseUrl: string): Promise<void> {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_buffers': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
  };
  const name = new URL(databaseUrl).pathname.slice(1);
  for (const [setting, value] of Object.entries(settings)) {
    await execute(databaseUrl, `alter database ${name} set ${setting} = '${value}'`);
  }
}

/**
 * Collects the statements of an ORM's sessions. Call it after `explainEverything`, before the first session is
 * opened. BEGIN, COMMIT and the like have no plan and are not collected.
 */
export async function collectStatements(orm: MikroORM, into: RunStatement[]): Promise<void> {
  const pool: Pool = await orm.em.getConnection().getNativeClient();
  pool.on('connect', (session: PoolClient) =>
    session.on('notice', ({ message = '' }) => {
      const explained = /^duration: .* plan:\n(.*)$/s.exec(message)?.[1];
      if (explained) into.push(runStatement(JSON.parse(explained)));
    }),
  );
}

function runStatement({ 'Query Text': sql, Plan: plan }: { 'Query Text': string; Plan: Node }): RunStatement {
  const scans = nodesOf(plan).filter((node) => node['Node Type'].endsWith('Scan') && node['Actual Loops'] > 0);
  const wholes = scans.filter((node) => node['Node Type'] === 'Seq Scan');
  return {
    sql,
    scanned: scans.flatMap((node) => node['Relation Name'] ?? []),
    readWhole: wholes.map((node) => node['Relation Name'] ?? ''),
    rows: Math.round(rowsReadBy(plan)),
    pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
  };
}

function rowsReadBy(node: Node): number {
  // The indexes below a bitmap may return more rows than the heap scan.
  if (node['Node Type'] === 'Bitmap Heap Scan') return Math.max(...nodesOf(node).map(rowsOf));
  const below = (node.Plans ?? []).reduce((sum, child) => sum + rowsReadBy(child), 0);
  return node['Relation Name'] && node['Node Type'].endsWith('Scan') ? rowsOf(node) + below : below;
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function rowsOf(node: Node): number {
  const { 'Rows Removed by Filter': filtered = 0, 'Rows Removed by Index Recheck': rechecked = 0 } = node;
  return (node['Actual Rows'] + filtered + rechecked) * node['Actual Loops'];
}
