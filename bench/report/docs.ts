import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { drawChart } from './chart.ts';
import { drawCurve } from './curve-chart.ts';
import { curveCpuTable, curveTable } from './curve-tables.ts';
import type { Report } from './report.ts';
import { markdownTable } from './table.ts';
import { goalTable, tablesOf } from './tables.ts';

const docs = resolve(import.meta.dirname, '../../docs');
const file = join(docs, 'benchmarks.md');

/**
 * Writes the figures and the load curve into docs/benchmarks.md, each between its two markers and only if it was measured,
 * and their charts next to it.
 *
 * @throws {PlainError} when a marker is missing
 */
export function writeDocs(report: Report): void {
  const hasCurve = report.curve.length > 0;
  const others = tablesOf({ ...report, curve: [] });
  const hasOthers = report.cells.length + report.open.length + report.sales.length > 0 || !hasCurve;
  if (hasOthers) {
    writeFileSync(join(docs, 'benchmarks.svg'), drawChart(report.cells));
    replaceSection('figures', [
      conditionsOf(report),
      '![Requests per second](benchmarks.svg)',
      ...others.map(markdownTable),
      verdictOf(report),
    ]);
  }
  if (hasCurve) {
    writeFileSync(join(docs, 'load-curve.svg'), drawCurve(report.curve));
    const { limit: _, ...conditions } = report.conditions;
    const load = 'open loop, on the same machine';
    const goals = [goalTable(report)].filter(({ rows }) => rows.length > 0);
    replaceSection('load curve', [
      conditionsOf({ ...report, conditions: { ...conditions, load } }),
      '![Latency by offered rate](load-curve.svg)',
      markdownTable(curveTable(report)),
      markdownTable(curveCpuTable(report)),
      // With other figures, all goals are in one table, below those.
      ...(hasOthers ? [] : [...goals.map(markdownTable), verdictOf(report)]),
    ]);
  }
  // Aligns the tables, as `pnpm check` requires.
  spawnSync(resolve(docs, '../node_modules/.bin/biome'), ['format', '--write', file]);
}

function replaceSection(name: 'figures' | 'load curve', paragraphs: string[]): void {
  const begin = `<!-- ${name}: written by \`pnpm bench --docs\` -->`;
  const end = `<!-- end of ${name} -->`;
  const [before, rest] = readFileSync(file, 'utf8').split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new PlainError(`${file} must contain the lines "${begin}" and "${end}".`);
  writeFileSync(file, `${before}${begin}\n\n${paragraphs.join('\n\n')}\n\n${end}${after}`);
}

function conditionsOf({ conditions, rounds, seconds, startedAt }: Report): string {
  const lines = Object.entries(conditions).map(([name, text]) => `- ${name}: ${text}`);
  return [...lines, `- ${rounds} rounds of ${seconds} s each, on ${startedAt.slice(0, 10)}`].join('\n');
}

function verdictOf({ problems }: Report): string {
  return problems.length === 0
    ? 'After every run, the database agreed with every answer.'
    : `The checks found:\n\n${problems.map((problem) => `- ${problem}`).join('\n')}`;
}
