/**
 * `pnpm bench`: what Boxoffice does per second, how long it takes and what it costs, beside what one
 * would write instead; and whether the database agrees with every answer.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, loadavg, platform, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { styleText } from 'node:util';
import { explain } from '@boxoffice/local-servers/plain-error';
import { loadConfig } from '@boxoffice/shared/service/config';
import { watchLaunchers } from '../scripts/start/launchers.ts';
import { addBrowseProgramme } from './browse.ts';
import { historyTasks } from './history.ts';
import { findGenerator } from './load/find-generator.ts';
import { writeTokens } from './load/tokens.ts';
import { help, type Options, readOptions } from './options.ts';
import { memoryBytes } from './processes.ts';
import { programmeTasks, resultsOf } from './programme.ts';
import { runTasks } from './progress.ts';
import { judge, type Report } from './report.ts';
import { writeDocs } from './report-docs.ts';
import { plainTable, tablesOf } from './report-text.ts';
import type { Bench } from './run.ts';
import { soakTask } from './soak.ts';
import { startBoxoffice } from './systems/boxoffice.ts';
import { startPeer } from './systems/peer.ts';
import { findPgbench, type Pgbench } from './systems/pgbench.ts';
import { startServers } from './systems/servers.ts';
import { Started, type System } from './systems/system.ts';
import { casesOf } from './workloads.ts';

process.title = 'boxoffice-bench';
process.setMaxListeners(0); // each process that is started is killed should this one exit
process.exit(await main());

/** Gives the exit code: 0 when the database agreed with every answer. */
async function main(): Promise<number> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
  watchLaunchers(() => stopping.abort());
  const started = new Started();
  try {
    const options = readOptions(process.argv.slice(2));
    if (!options) {
      console.log(help);
      return 0;
    }
    const report = await bench(options, started, stopping.signal);
    const bold = (text: string) => styleText('bold', text, { stream: process.stdout });
    console.log(
      `\n${tablesOf(report)
        .map((table) => plainTable(table, bold))
        .join('\n\n')}\n`,
    );
    for (const problem of report.problems) console.log(styleText('red', `✗ ${problem}`, { stream: process.stdout }));
    if (report.problems.length === 0) console.log('After every run the database agreed with every answer.');
    if (options.docs) writeDocs(report);
    return report.problems.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(stopping.signal.aborted ? '\nstopped' : explain(error));
    return 1;
  } finally {
    await started.stop();
  }
}

async function bench(options: Options, started: Started, signal: AbortSignal): Promise<Report> {
  const startedAt = new Date().toISOString();
  const [loadBefore = 0] = loadavg();
  const dataDir = resolve(loadConfig().DATA_DIR);
  const home = join(dataDir, 'bench');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(home, 'run-'));
  started.add(async () => rmSync(folder, { recursive: true, force: true }));
  const binDir = join(dataDir, 'bin');
  const servers = await startServers({ folder, binDir, started, signal });
  const { privateKey, privateKeyPem } = servers;
  const cases = casesOf(options);
  const wanted = new Set(cases.flatMap(({ systems }) => systems));
  if (options.only.includes('open')) wanted.add('direct');

  const boxoffice = await startBoxoffice(servers, started, signal);
  const systems: System[] = [boxoffice];
  for (const name of ['direct', 'row lock'] as const) {
    if (wanted.has(name)) systems.push(await startPeer(name, servers, started, signal));
  }
  const pgbench = options.only.includes('pgbench') ? await findPgbench(servers, started) : null;
  const generator = await findGenerator();
  const tokensFile = join(folder, 'tokens');
  const tokens = writeTokens(tokensFile, privateKey);
  const browsePaths = await addBrowseProgramme(boxoffice.pool);
  const common: Bench = { generator, systems, tokens, tokensFile, folder, browsePaths, signal };
  const conditions = {
    ...(await conditionsOf(generator.name, pgbench, boxoffice, options)),
    // What others do on the machine is in every figure.
    'load average before': loadBefore.toFixed(1),
  };
  for (const [name, text] of Object.entries(conditions)) console.error(`${name}: ${text}`);

  const programme = programmeTasks(common, options, cases, pgbench);
  let soak: Report['soak'] = null;
  let history: Report['history'] = null;
  let start: Report['memory']['start'] = {};
  const problems: string[] = [];
  await runTasks(
    [
      ...programme.warmUp,
      {
        name: 'memory',
        seconds: 0,
        async run() {
          start = memoryBytes(boxoffice.processes);
        },
      },
      ...programme.tasks,
      ...(options.history
        ? historyTasks(
            common,
            async (name) => {
              const own = await startServers({ folder: join(folder, name), binDir, started, signal });
              const system = await startBoxoffice({ ...own, privateKey, privateKeyPem }, started, signal);
              await addBrowseProgramme(system.pool);
              return system;
            },
            { ...options, bookings: options.history },
            (found, wrong) => {
              history = found;
              problems.push(...wrong);
            },
          )
        : []),
      ...(options.soak
        ? [
            soakTask(common, boxoffice, options.soak, (found, wrong) => {
              soak = found;
              problems.push(...wrong);
            }),
          ]
        : []),
    ],
    signal,
  );

  const results = resultsOf(programme, cases);
  const found = {
    startedAt,
    conditions,
    rounds: options.rounds,
    seconds: options.seconds,
    ...results,
    memory: { start, end: memoryBytes(boxoffice.processes) },
    soak,
    history,
    problems: [...results.problems, ...problems],
  };
  const report: Report = { ...found, goals: judge(found) };
  const file = resolve(options.json ?? join(home, `${startedAt.replaceAll(':', '-')}.json`));
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  console.error(`report: ${file}`);
  return report;
}

/** What one must know to compare figures. */
async function conditionsOf(
  generator: string,
  pgbench: Pgbench | null,
  { pool }: System,
  { only }: Options,
): Promise<Report['conditions']> {
  const { rows } = await pool.query<{ version: string; durability: string }>(
    `select current_setting('server_version') as version,
       'fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit') as durability`,
  );
  return {
    machine: `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}, Node.js ${process.version}`,
    PostgreSQL: `${rows[0]?.version}, ${rows[0]?.durability}`,
    Redis: 'appendonly yes, appendfsync always',
    load: `${generator}, closed loop, on the same machine`,
    limit: pgbench?.version ?? (only.includes('pgbench') ? 'there is no pgbench on PATH' : 'not asked for'),
  };
}
