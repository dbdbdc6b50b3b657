/**
 * `pnpm rush`: hundreds of buyers compete for the seats of one show of the running Boxoffice. Reports the
 * outcomes, the latencies, and whether the database agrees with the responses to the buyers.
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
Lets a crowd of buyers compete for one show of the running Boxoffice. Each wants a random seat; all start together.

  pnpm rush --show 1 --buyers 500 --seats 80

  --show <id>         the show to rush (1)
  --buyers <number>   how many buyers, up to 20000 (500)
  --seats <number>    aim only at the first <number> seats of the show (all)
  --polling <percent> buyers who take the 202 and poll the job; the others send Prefer: wait=10 (50);
                      polling once a second adds up to a second of latency, so use 0 to measure the system
  --holding <percent> buyers who hold their seat first and confirm it later; the others book (0)
  --abandoning <percent>
                      holders who never confirm, so that their hold expires (20); the verdict waits for that, so
                      start Boxoffice with short holds: HOLD_SECONDS=10 npx -y pnpm start
  --thinking <seconds>
                      the longest time that the other holders take to confirm (5); some are late if it is longer
                      than a hold lasts
  --seed <number>     determines which buyer wants which seat (random; shown in the report)
  --url <address>     address of the gateway (that of the running \`pnpm start\`)
  --help              show this help

The buyers are new users named "rush-…"; they and their bookings remain. The verdict is read from the database
of the running \`pnpm start\`, or from the one in DATABASE_URL. The exit code is 0 if it is clean and 1 if not.
`.trim();

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const options = readArguments();
    if (options === 'help') {
      console.log(help);
      return 0;
    }
    const config = loadConfig();
    const url = (options.url ?? gatewayUrlOfRunning(config)).replace(/\/+$/, '');
    const databaseUrl = databaseUrlOfRunning(config);
    const progress = createProgress(process.stderr);
    const report = await rush({ ...options, url, databaseUrl, onProgress: progress.update }).finally(progress.end);
    console.log(reportText(report, (style, text) => styleText(style, text, { stream: process.stdout })));
    return report.clean ? 0 : 1;
  } catch (error) {
    console.error(explain(error));
    return 1;
  }
}

type Arguments = Omit<RushOptions, 'url' | 'databaseUrl'> & { url: string | undefined };

/** @throws {PlainError} naming the argument that is not valid */
function readArguments(): Arguments | 'help' {
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
    holdingPercent: wholeNumber('--holding', values.holding ?? '0', 0, 100),
    abandoningPercent: wholeNumber('--abandoning', values.abandoning ?? '20', 0, 100),
    thinkingSeconds: wholeNumber('--thinking', values.thinking ?? '5', 0, 86_400),
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
        holding: text,
        abandoning: text,
        thinking: text,
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
