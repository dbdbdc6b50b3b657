import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { type Peer, peerHelp, readPeer } from './peer-options.ts';
import { quickWorkloads, type WorkloadName, workloadNames } from './workloads/workloads.ts';

const usualRates = [250, 1_000, 2_000, 3_000, 4_000, 6_000, 8_000];

export const help = `
Measures Boxoffice, as \`pnpm start\` runs it in production, against simpler designs, on temporary servers
of its own. A full run takes about 50 minutes.

  pnpm bench
  pnpm bench --quick
  pnpm bench --only hot,spread --connections 64,256 --seconds 5 --rounds 5

  --quick               under 2 minutes: one round, fewer systems and connections
  --only <names>        any of ${quickWorkloads.join(', ')},
                        ${workloadNames.slice(quickWorkloads.length).join(', ')}; --quick runs these only if named
  --seconds <number>    length of each run, after one second of warm-up (default 8, quick 2)
  --rounds <number>     runs of each kind; figures are medians (default 3, quick 1)
  --connections <list>  instead of 1, 64 and 256
  --rates <list>        offered requests per second of the load curve
                        (default ${usualRates.join(', ')})
  --json <file>         where to write the report (default .boxoffice/bench/<time>.json)
  --docs                also writes the figures of docs/benchmarks.md and its pictures; a run of the load curve
                        alone replaces only that
  --soak <minutes>      alternates hot and churn and reports memory growth; nothing else unless --only is set
  --history <bookings>  alternates hot and browse between empty tables and tables with this many past bookings;
                        nothing else unless --only is set
  --against <folder>    another checkout of Boxoffice, with its dependencies installed: instead of other designs,
                        measures the two by turns, each on servers of its own, and prints ratios
  --tracing <share>     instead of other designs, measures Boxoffice without traces and with this share of requests
                        traced, e.g. 0.01, in the same way
${peerHelp.slice(1)}
  --help                prints this text

The exit code is 0 if the database agrees with every answer, whether or not the goals are met; otherwise 1.
`.trim();

export interface Options {
  quick: boolean;
  only: WorkloadName[];
  seconds: number;
  rounds: number;
  /** null: those of each workload. */
  connections: number[] | null;
  /** Offered requests per second of the load curve, ascending. */
  rates: number[];
  json: string | null;
  docs: boolean;
  /** Minutes; 0: no soak. */
  soak: number;
  /** Past bookings; 0: no comparison. */
  history: number;
  /** Another checkout to compare with; null: none. */
  against: string | null;
  /** Share of requests to trace, 0 to 1; null: no comparison. */
  tracing: number | null;
  /** Another system to compare with; null: none. */
  peer: Peer | null;
}

/**
 * Parses the command line; returns null for `--help`.
 *
 * @throws {PlainError} naming the invalid argument
 */
export function readOptions(args: string[]): Options | null {
  const { values } = parse(args);
  if (values.help) return null;
  const quick = values.quick ?? false;
  const soak = values.soak === undefined ? 0 : parseInteger('--soak', values.soak, 2, 24 * 60);
  const history = values.history === undefined ? 0 : parseInteger('--history', values.history, 1, 1_000_000_000);
  const peer = readPeer(values);
  if (peer && values.only !== undefined && values.only !== 'hot')
    throw new PlainError('--peer measures hot, and nothing else.');
  const usual = peer ? (['hot'] as const) : soak > 0 || history > 0 ? [] : quick ? quickWorkloads : workloadNames;
  return {
    quick,
    only: values.only === undefined ? [...usual] : values.only.split(',').map(parseWorkload),
    seconds: parseInteger('--seconds', values.seconds ?? (quick ? '2' : '8'), 1, 600),
    rounds: parseInteger('--rounds', values.rounds ?? (quick ? '1' : '3'), 1, 99),
    connections: values.connections === undefined ? null : parseList('--connections', values.connections, 4_096),
    rates:
      values.rates === undefined ? usualRates : parseList('--rates', values.rates, 100_000).toSorted((a, b) => a - b),
    json: values.json ?? null,
    docs: values.docs ?? false,
    soak,
    history,
    against: values.against ?? null,
    tracing: values.tracing === undefined ? null : parseShare('--tracing', values.tracing),
    peer,
  };
}

function parse(args: string[]) {
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
        rates: text,
        json: text,
        docs: flag,
        soak: text,
        history: text,
        against: text,
        tracing: text,
        peer: text,
        'peer-path': text,
        'peer-show': text,
        'peer-body': text,
        'peer-seats': text,
        'peer-token-file': text,
        'peer-header': { ...text, multiple: true },
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new PlainError(`${(error as Error).message}\n\n${help}`);
  }
}

function parseWorkload(text: string): WorkloadName {
  const name = workloadNames.find((one) => one === text.trim());
  if (!name) throw new PlainError(`--only takes ${workloadNames.join(', ')}, not "${text}".`);
  return name;
}

function parseShare(name: string, text: string): number {
  const share = Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new PlainError(`${name} must be a number from 0 to 1, not "${text}".`);
}

function parseList(name: string, text: string, max: number): number[] {
  return [...new Set(text.split(',').map((item) => parseInteger(name, item, 1, max)))];
}

function parseInteger(name: string, text: string, min: number, max: number): number {
  const number = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new PlainError(`${name} must be a whole number from ${min} to ${max}, not "${text}".`);
}
