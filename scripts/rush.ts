/**
 * `pnpm rush`: hundreds of buyers, all at once, for the seats of one show of the running Boxoffice;
 * then what each was told, how long it took, and whether the database agrees.
 */
import { randomInt } from 'node:crypto';
import { parseArgs, styleText } from 'node:util';
import { explain, PlainError } from '@boxoffice/local-servers/plain-error';
import { databaseUrlOfRunning, readNote } from '@boxoffice/local-servers/running';
import { type Config, loadConfig } from '@boxoffice/shared/service/config';
import { createProgress } from './rush/progress.ts';
import { reportText } from './rush/report.ts';
import { type RushOptions, rush } from './rush/rush.ts';

const help = `
Sends a crowd of buyers to one show of the running Boxoffice, all at once, each for a random seat.

  pnpm rush --show 1 --buyers 500 --seats 80

  --show <id>         the show to rush (1)
  --buyers <number>   how many buyers, up to 20000 (500)
  --seats <number>    aim at the first so many seats only (all seats of the show)
  --polling <percent> buyers who take the 202 and poll the job; the others send Prefer: wait=10 (50);
                      with 0 the rates are the system's own: who polls hears a second late
  --seed <number>     which buyer wants which seat follows from it (random; the report names it)
  --url <address>     where the gateway is (that of the running \`pnpm start\`)
  --help              this text

The buyers are new users, "rush-…"; they and their bookings stay. The verdict is read from the database
of the running \`pnpm start\`, or the one in DATABASE_URL. The exit code is 0 when it is clean, else 1.
`.trim();

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const wanted = readArguments();
    if (wanted === 'help') {
      console.log(help);
      return 0;
    }
    const config = loadConfig();
    const url = (wanted.url ?? gatewayUrlOfRunning(config)).replace(/\/+$/, '');
    const databaseUrl = databaseUrlOfRunning(config);
    const progress = createProgress(process.stderr);
    const report = await rush({ ...wanted, url, databaseUrl, onProgress: progress.moved }).finally(progress.end);
    console.log(reportText(report, (style, text) => styleText(style, text, { stream: process.stdout })));
    return report.clean ? 0 : 1;
  } catch (error) {
    console.error(explain(error));
    return 1;
  }
}

type Wanted = Omit<RushOptions, 'url' | 'databaseUrl'> & { url: string | undefined };

/** @throws {PlainError} naming the argument that cannot be used */
function readArguments(): Wanted | 'help' {
  const { values } = parsed();
  if (values.help) return 'help';
  if (values.url !== undefined && !/^https?:$/.test(URL.parse(values.url)?.protocol ?? '')) {
    throw new PlainError(`--url must be an address such as http://127.0.0.1:3000, not "${values.url}".`);
  }
  return {
    url: values.url,
    show: wholeNumber('--show', values.show ?? '1', 1, 2_147_483_647),
    buyers: wholeNumber('--buyers', values.buyers ?? '500', 1, 20_000),
    seats: values.seats === undefined ? undefined : wholeNumber('--seats', values.seats, 1, 10_000),
    pollingPercent: wholeNumber('--polling', values.polling ?? '50', 0, 100),
    seed: values.seed === undefined ? randomInt(2 ** 32) : wholeNumber('--seed', values.seed, 0, 2 ** 32 - 1),
  };
}

function parsed() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      options: {
        show: text,
        buyers: text,
        seats: text,
        polling: text,
        seed: text,
        url: text,
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new PlainError(`${(error as Error).message}\n\n${help}`);
  }
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new PlainError(`${name} must be a whole number from ${least} to ${most}, not "${text}".`);
}

function gatewayUrlOfRunning(config: Config): string {
  return readNote(config)?.gatewayUrl ?? `http://127.0.0.1:${config.PORT}`;
}
