import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { drawChart } from './chart.ts';
import type { Report } from './report.ts';
import { markdownTable } from './table.ts';
import { tablesOf } from './tables.ts';

const begin = '<!-- figures: written by `pnpm bench --docs` -->';
const end = '<!-- end of figures -->';
const docs = resolve(import.meta.dirname, '../../docs');

/**
 * Writes the figures into docs/benchmarks.md, between its two markers, and the chart next to it.
 *
 * @throws {PlainError} when a marker is missing
 */
export function writeDocs(report: Report): void {
  const file = join(docs, 'benchmarks.md');
  const [before, rest] = readFileSync(file, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new PlainError(`${file} must contain the lines "${begin}" and "${end}".`);
  writeFileSync(join(docs, 'benchmarks.svg'), drawChart(report.cells));
  writeFileSync(file, `${before}${begin}\n\n${figures(report)}\n\n${end}${after}`);
  // Aligns the tables, as `pnpm check` requires.
  spawnSync(resolve(docs, '../node_modules/.bin/biome'), ['format', '--write', file]);
}

function figures(report: Report): string {
  const conditions = Object.entries(report.conditions).map(([name, text]) => `- ${name}: ${text}`);
  const runs = `- ${report.rounds} rounds of ${report.seconds} s each, on ${report.startedAt.slice(0, 10)}`;
  return [
    [...conditions, runs].join('\n'),
    '![Requests per second](benchmarks.svg)',
    ...tablesOf(report).map(markdownTable),
    report.problems.length === 0
      ? 'After every run, the database agreed with every answer.'
      : `The checks found:\n\n${report.problems.map((problem) => `- ${problem}`).join('\n')}`,
  ].join('\n\n');
}
