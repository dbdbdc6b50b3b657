import { readFileSync, writeFileSync } from 'node:fs';
import { PlainError } from '@boxoffice/local-servers/plain-error';

/** The names of seats, by index from 0; after the last one they repeat. */
export interface Seats {
  nameAt(index: number): string;
  /** The value of `--peer-seats` with which a run begins at this index; null: there is none. */
  from(index: number): string | null;
}

/** More requests per second than any generator sends. */
const highestRate = 25_000;
const mostPerRun = 2_000_000;

/**
 * Reads `--peer-seats`: the first seat, from which to count (`1`, `A1`), optionally with the length of a row (`A1..100`:
 * A100 is followed by B1), or a file with a seat on each line.
 *
 * @throws {PlainError} when it is neither
 */
export function parseSeats(text: string): Seats {
  const [, row = '', number, length] = /^([A-Z]*)(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text) ?? [];
  if (number === undefined) return seatsOfFile(text);
  if (length === undefined) {
    const nameAt = (index: number) => `${row}${Number(number) + index}`;
    return { nameAt, from: nameAt };
  }
  const perRow = Number(length);
  if (row === '' || Number(number) < 1 || Number(number) > perRow)
    throw new PlainError(`--peer-seats takes rows like A1..100, not "${text}".`);
  const first = (rowNumber(row) - 1) * perRow + Number(number) - 1;
  const nameAt = (index: number) =>
    `${rowName(Math.floor((first + index) / perRow) + 1)}${((first + index) % perRow) + 1}`;
  return { nameAt, from: (index) => `${nameAt(index)}..${perRow}` };
}

/** Writes the seats of one run into a file, one per line. */
export function writeSeats(file: string, seats: Seats, from: number, seconds: number): void {
  const count = Math.min(mostPerRun, highestRate * (seconds + 1));
  writeFileSync(file, `${Array.from({ length: count }, (_, i) => seats.nameAt(from + i)).join('\n')}\n`);
}

function seatsOfFile(file: string): Seats {
  let names: string[];
  try {
    names = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch (error) {
    throw new PlainError(
      `--peer-seats takes a first seat, e.g. 1, A1 or A1..100, or a file of seats: ${(error as Error).message}`,
    );
  }
  if (names.length === 0) throw new PlainError(`${file} has no seats.`);
  return { nameAt: (index) => names[index % names.length] ?? '', from: () => null };
}

/** A is 1, Z is 26, AA is 27. */
const rowNumber = (row: string): number => [...row].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);

function rowName(number: number): string {
  let name = '';
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name;
  return name;
}
