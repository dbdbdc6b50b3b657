/** `pnpm torture`: see docs/reliability.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { explain } from '@boxoffice/local-servers/plain-error';
import { loadConfig } from '@boxoffice/shared/service/config';
import { bugNames } from './bugs/catalogue.ts';
import { runBugs } from './bugs/run-bugs.ts';
import { runCampaign } from './campaign.ts';
import { help, type Options, readOptions } from './options.ts';
import { type Summary, summarize, sumUp } from './report/summary.ts';
import { markdown, table } from './report/table.ts';
import { sweepLeftOver } from './world/left-over.ts';

const root = resolve(import.meta.dirname, '../..');
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // A second signal exits immediately; the exit handlers end everything that we started.
    if (stopping.signal.aborted) process.exit(130);
    console.log('stopping after this round');
    stopping.abort();
  });

try {
  const options = readOptions(process.argv.slice(2), bugNames);
  if (options === 'help') console.log(help);
  else process.exitCode = await run(options);
} catch (error) {
  console.error(explain(error));
  process.exitCode = 2;
}
process.exit();

async function run(options: Options): Promise<number> {
  if (options.sum.length > 0) {
    const [first, ...others] = options.sum.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Summary);
    const sum = first && sumUp([first, ...others]);
    if (sum) console.log(`${table(sum)}\n\n${markdown(sum)}`);
    return 0;
  }
  const dataDir = resolve(loadConfig().DATA_DIR);
  const home = join(dataDir, 'torture');
  const binDir = join(dataDir, 'bin');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  await sweepLeftOver(home);
  const common = { binDir, signal: stopping.signal, say: (line: string) => console.log(line) };
  if (options.bugs.length > 0) return runBugs(options, { ...common, root, home });
  const folder = join(home, `${options.seed}-${process.pid}`);
  console.log(`seed ${options.seed} · ${options.minutes} min · replay with --seed ${options.seed}`);
  const enough = (violations: readonly unknown[]) => options.untilViolation && violations.length > 0;
  const result = await runCampaign({ ...options, ...common, root, folder, enough });
  if (result.rounds === 0) {
    console.log('stopped before the first round was over: no verdict');
    return 2;
  }
  const summary = summarize(options.seed, result);
  console.log(table(summary));
  if (options.json) writeFileSync(options.json, `${JSON.stringify(summary)}\n`);
  if (result.violations.length === 0) return 0;
  console.log(`seed ${options.seed} · logs and histories in ${folder}`);
  return 1;
}
