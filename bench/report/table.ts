import type { Cell } from './cells.ts';
import type { Spread } from './spread.ts';

/** A table of text. The first column and those of `textColumns` are left-aligned, the others right-aligned. */
export interface Table {
  title: string;
  headings: string[];
  rows: string[][];
  textColumns?: readonly number[];
}

/** Formats a table for the terminal. */
export function plainTable({ title, headings, rows, textColumns = [] }: Table, bold: (text: string) => string): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => (row[i] ?? '').length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, i) =>
        i === 0 || textColumns.includes(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [bold(title), line(headings), ...rows.map(line)].join('\n');
}

/** Formats a table as Markdown. */
export function markdownTable({ title, headings, rows }: Table): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const rule = headings.map((_, i) => (i === 0 ? '---' : '---:'));
  return [`### ${title}`, '', line(headings), line(rule), ...rows.map(line)].join('\n');
}

export const formatCount = (figure: number): string => Math.round(figure).toLocaleString('en-US');

export function formatSpread({ median, min, max }: Spread, digits = 0): string {
  const text = (figure: number) => (digits === 0 ? formatCount(figure) : figure.toFixed(digits));
  return min === max ? text(median) : `${text(median)} (${text(min)}–${text(max)})`;
}

/** The row heading of a cell. */
export function cellName({ workload, mode, connections }: Pick<Cell, 'workload' | 'mode' | 'connections'>): string {
  if (workload === 'browse') return `${workload}, ${connections}`;
  return `${workload}, ${mode === 'wait' ? 'waiting' : '202 end to end'}, ${connections}`;
}
