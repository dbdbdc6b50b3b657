import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import type { Report } from './report.ts';
import { chartOf } from './report-chart.ts';
import { markdownTable, tablesOf } from './report-text.ts';

const begin = '<!-- figures: written by `pnpm bench --docs` -->';
const end = '<!-- end of figures -->';
const docs = resolve(import.meta.dirname, '../docs');

/**
 * Writes the figures into docs/benchmarks.md, between its marks, and the chart beside it.
 *
 * @throws {PlainError} when the marks are not there
 */
export function writeDocs(report: Report): void {
  const file = join(docs, 'benchmarks.md');
  const [before, rest] = readFileSync(file, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new PlainError(`${file} has lost the marks between which the figures go.`);
  writeFileSync(join(docs, 'benchmarks.svg'), chartOf(report));
  writeFileSync(file, `${before}${begin}\n\n${figures(report)}\n\n${end}${after}`);
  // Tables in line, as `pnpm check` wants them.
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
      ? 'After every run the database agreed with every answer.'
      : `The checks found:\n\n${report.problems.map((problem) => `- ${problem}`).join('\n')}`,
  ].join('\n\n');
}
