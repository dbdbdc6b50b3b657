import { parseArgs } from 'node:util';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { defaultClients } from './clients/population.ts';
import { defaultReads } from './clients/readers.ts';
import { type FaultKind, faultGroups } from './faults/fault.ts';
import { allFaults } from './faults/plan.ts';
import { type RedisKind, redisKinds } from './world/replicated-redis.ts';

export interface Options {
  seed: number;
  minutes: number;
  redis: RedisKind;
  kinds: readonly FaultKind[];
  /** On average, in rounds with overlapping faults. */
  perSecond: number;
  /** Rounds with one fault at a time, with overlapping ones, or both in turns. */
  rounds: 'single' | 'overlapping' | 'both';
  clients: number;
  /** Reading requests per second. */
  reads: number;
  /** End with the first violation. */
  untilViolation: boolean;
  /** Names of planted bugs to run instead. */
  bugs: string[];
  /** A file for the figures. */
  json: string | null;
  /** Such files, to be summed up instead. */
  sum: string[];
}

export const help = `pnpm torture: the whole system under faults, every promise checked

  --seed <n>          replays the schedule of load and faults; default: a new one
  --minutes <n>       how long to go on; default 2
  --redis <kind>      single, sentinel or cluster: with several servers, faults hit a master; default single
  --faults <kinds>    groups (${faultGroups.join(', ')}) or names, comma-separated; default: all; "none";
                      cut@worker+postgres: on targets with these words alone
  --per-second <n>    faults per second when they overlap; default 6
  --rounds <which>    single, overlapping or both (in turns); default both
  --clients <n>       buyers at work at a time; default ${defaultClients}
  --reads <n>         reading requests per second, at most; default ${defaultReads}
  --until-violation   end with the first violation
  --bug <names>       plants these bugs in a copy of the tree, one after the other; each must be caught
  --bugs              plants every bug
  --json <file>       writes the figures of this run
  --sum <files>       sums up such files, and prints the table and its markdown for docs/reliability.md

Faults: ${allFaults.map(({ name }) => name).join(', ')}
`;

/** @throws {PlainError} when an option is invalid */
export function readOptions(args: string[], bugNames: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args);
  if (values.help) return 'help';
  const rounds = values.rounds ?? 'both';
  if (rounds !== 'single' && rounds !== 'overlapping' && rounds !== 'both')
    throw new PlainError('--rounds must be single, overlapping or both.');
  const bugs = values.bugs ? [...bugNames] : (values.bug?.split(',') ?? []);
  const unknown = bugs.find((bug) => !bugNames.includes(bug));
  if (unknown) throw new PlainError(`There is no bug ${unknown}. There are: ${bugNames.join(', ')}.`);
  return {
    seed: number('seed', values.seed ?? String(Math.floor(Math.random() * 1e9))),
    minutes: number('minutes', values.minutes ?? '2'),
    redis: redisKindOf(values.redis ?? 'single'),
    kinds: kindsOf(values.faults ?? 'all'),
    perSecond: number('per-second', values['per-second'] ?? '6'),
    rounds,
    clients: number('clients', values.clients ?? String(defaultClients)),
    reads: number('reads', values.reads ?? String(defaultReads)),
    untilViolation: values['until-violation'] ?? false,
    bugs,
    json: values.json ?? null,
    sum: values.sum ? [values.sum, ...positionals] : [],
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: args.includes('--sum'),
      options: {
        seed: text,
        minutes: text,
        faults: text,
        redis: text,
        'per-second': text,
        rounds: text,
        clients: text,
        reads: text,
        'until-violation': flag,
        bug: text,
        json: text,
        sum: text,
        bugs: flag,
        help: flag,
      },
    });
  } catch (error) {
    throw new PlainError(`${(error as Error).message}\n\n${help}`);
  }
}

/**
 * The kinds that a comma-separated list of groups and names means. `cut@worker+postgres` are the cuts of
 * the wires between workers and PostgreSQL alone.
 */
export function kindsOf(list: string): FaultKind[] {
  if (list === 'all') return [...allFaults];
  if (list === 'none') return [];
  return list.split(',').flatMap((item) => {
    const [name, where = ''] = item.split('@');
    const found = allFaults
      .filter((kind) => kind.name === name || kind.group === name)
      .map((kind) => ({ ...kind, targets: kind.targets.filter((target) => includesAll(target, where.split('+'))) }))
      .filter(({ targets }) => targets.length > 0);
    if (found.length === 0) throw new PlainError(`There is no fault ${item}.\n\n${help}`);
    return found;
  });
}

function redisKindOf(text: string): RedisKind {
  const kind = redisKinds.find((known) => known === text);
  if (!kind) throw new PlainError(`--redis must be ${redisKinds.join(', ')}.`);
  return kind;
}

const includesAll = (text: string, parts: string[]) => parts.every((part) => text.includes(part));

function number(name: string, text: string): number {
  const value = Number(text);
  if (!(value >= 0)) throw new PlainError(`--${name} must be a number.`);
  return value;
}
