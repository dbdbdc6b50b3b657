import type { ScreenWriteInput } from '@boxoffice/client';

type Legend = ScreenWriteInput['legend'];

/** A place without a seat, as in the API. */
export const gap = '_';

/** The rows of a hall as typed, one line each, from the front. Spaces are gaps; empty lines at the end are dropped. */
export function rowsOf(text: string): string[] {
  return text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trimEnd().replaceAll(/\s/g, gap) || gap);
}

/** A legend as typed: `S standard`, `W standard accessible`, one line each. */
export function legendOf(text: string): Legend {
  const lines = text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([key]) => key);
  return Object.fromEntries(
    lines.map(([key = '', category = '', note]) => [
      key,
      { category, ...(note?.startsWith('acc') && { accessible: true }) },
    ]),
  );
}

export function textOf(legend: Legend): string {
  return Object.entries(legend)
    .map(([key, { category, accessible }]) => `${key} ${category}${accessible ? ' accessible' : ''}`)
    .join('\n');
}

/**
 * Reads a hall's plan as spreadsheets export it: one line per row from the front, one cell per place, empty where there
 * is no seat. A cell is a character of the layout, or a category, which gets a letter of its own.
 */
export function importCsv(csv: string): { rows: string; legend: string } {
  const keys = new Map<string, string>();
  const keyOf = (cell: string): string => {
    const known = keys.get(cell);
    if (known) return known;
    const letters = [...`${cell.toUpperCase()}ABCDEFGHIJKLMNOPQRSTUVWXYZ`].filter((letter) => /[A-Z0-9]/.test(letter));
    const key = letters.find((letter) => ![...keys.values()].includes(letter)) ?? '?';
    keys.set(cell, key);
    return key;
  };
  const rows = csv
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => cellsOf(line).map((cell) => (cell === '' || cell === gap ? gap : keyOf(cell))))
    .map((places) => places.join('').replace(/_+$/, '') || gap);
  const legend = [...keys].map(([cell, key]) => `${key} ${cell.length > 1 ? slug(cell) : 'standard'}`);
  return { rows: rows.join('\n'), legend: legend.join('\n') };
}

function cellsOf(line: string): string[] {
  const separator = [';', '\t'].find((candidate) => line.includes(candidate)) ?? ',';
  return line.split(separator).map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
}

function slug(cell: string): string {
  return cell
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 30);
}
