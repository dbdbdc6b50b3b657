import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { type WorkloadName, workloadNames } from './workloads.ts';

export const help = `
Measures Boxoffice, as \`pnpm start\` runs it in production, beside what one would write instead, on
servers of its own that are gone afterwards. A full run takes about half an hour.

  pnpm bench
  pnpm bench --quick
  pnpm bench --only hot,spread --connections 64,256 --seconds 5 --rounds 5

  --quick               under 2 minutes: one round, fewer systems and sizes
  --only <names>        of ${workloadNames.join(', ')}
  --seconds <number>    of each run, after a second of warm-up (8, quick 2)
  --rounds <number>     runs of each kind; the figures are medians (3, quick 1)
  --connections <list>  instead of 1, 64 and 256
  --json <file>         where the report goes (.boxoffice/bench/<time>.json)
  --docs                writes docs/benchmarks.md's figures and docs/benchmarks.svg
  --soak <minutes>      hot and churn by turns for so long, and what became of the memory; nothing else unless --only
  --history <bookings>  hot and browse, by turns with an empty table and one of so many past bookings; nothing else unless --only
  --help                this text

The exit code is 0 when the database agrees with every answer, met goals or not; else 1.
`.trim();

export interface Options {
  quick: boolean;
  only: WorkloadName[];
  seconds: number;
  rounds: number;
  /** null: as the workload has them. */
  connections: number[] | null;
  json: string | null;
  docs: boolean;
  /** Minutes; 0: none. */
  soak: number;
  /** Bookings; 0: none. */
  history: number;
}

/**
 * Reads the command line; null when it asks for help.
 *
 * @throws {PlainError} naming the argument that cannot be used
 */
export function readOptions(args: string[]): Options | null {
  const { values } = parsed(args);
  if (values.help) return null;
  const quick = values.quick ?? false;
  const soak = values.soak === undefined ? 0 : wholeNumber('--soak', values.soak, 2, 24 * 60);
  const history = values.history === undefined ? 0 : wholeNumber('--history', values.history, 1, 1_000_000_000);
  const alone = soak > 0 || history > 0;
  return {
    quick,
    only: values.only === undefined ? (alone ? [] : [...workloadNames]) : values.only.split(',').map(workloadName),
    seconds: wholeNumber('--seconds', values.seconds ?? (quick ? '2' : '8'), 1, 600),
    rounds: wholeNumber('--rounds', values.rounds ?? (quick ? '1' : '3'), 1, 99),
    connections: values.connections?.split(',').map((text) => wholeNumber('--connections', text, 1, 4_096)) ?? null,
    json: values.json ?? null,
    docs: values.docs ?? false,
    soak,
    history,
  };
}

function parsed(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args,
      options: {
        quick: flag,
        only: text,
        seconds: text,
        rounds: text,
        connections: text,
        json: text,
        docs: flag,
        soak: text,
        history: text,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new PlainError(`${(error as Error).message}\n\n${help}`);
  }
}

function workloadName(text: string): WorkloadName {
  const name = workloadNames.find((one) => one === text.trim());
  if (!name) throw new PlainError(`--only takes ${workloadNames.join(', ')}, not "${text}".`);
  return name;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new PlainError(`${name} must be a whole number from ${least} to ${most}, not "${text}".`);
}
