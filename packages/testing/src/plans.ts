/**
 * How PostgreSQL ran the statements that the code issued. Its own auto_explain module tells, to the
 * session that ran the statement and so in that session's role and with its prepared plans. No test
 * holds a copy of any SQL.
 */
import type { MikroORM } from '@boxoffice/shared/database/orm';
import type { Pool, PoolClient } from 'pg';
import { execute } from './database.ts';

/** A node of a plan, as `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)` gives it; numbers are means of its loops. */
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

/** One statement, and what PostgreSQL read for it. */
export interface RunStatement {
  sql: string;
  /** Tables of which it read every row to find those it wanted. */
  readWhole: string[];
  /** Rows of tables that it looked at, whether it wanted them or not. */
  rows: number;
  /** Pages of 8 KB of tables and indexes that it looked at, each as often as it did. */
  pages: number;
}

/** Has PostgreSQL explain every statement of the sessions that this database gets from now on. */
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
 * Collects what the sessions of an ORM are told of their statements, after `explainEverything` and before
 * the first of them is opened. BEGIN, COMMIT and the like have no plan, and are not told of.
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
  const wholes = nodesOf(plan).filter((node) => node['Node Type'] === 'Seq Scan' && node['Actual Loops'] > 0);
  return {
    sql,
    readWhole: wholes.map((node) => node['Relation Name'] ?? ''),
    rows: Math.round(rowsReadBy(plan)),
    pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
  };
}

function rowsReadBy(node: Node): number {
  // The indexes behind a bitmap may have named more rows than were in all of them.
  if (node['Node Type'] === 'Bitmap Heap Scan') return Math.max(...nodesOf(node).map(rowsOf));
  const below = (node.Plans ?? []).reduce((sum, child) => sum + rowsReadBy(child), 0);
  return node['Relation Name'] && node['Node Type'].endsWith('Scan') ? rowsOf(node) + below : below;
}

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function rowsOf(node: Node): number {
  const { 'Rows Removed by Filter': unwanted = 0, 'Rows Removed by Index Recheck': mistaken = 0 } = node;
  return (node['Actual Rows'] + unwanted + mistaken) * node['Actual Loops'];
}
