/**
 * `pnpm bench`: measures throughput, latency and cost against simpler designs, and checks that the database
 * agrees with every answer.
 */
import { styleText } from 'node:util';
import { explain } from '@boxoffice/local-servers/plain-error';
import { watchLaunchers } from '../scripts/start/launchers.ts';
import { compareTracing, compareWith } from './compare.ts';
import { comparePeer } from './compare-peer.ts';
import { help, readOptions } from './options.ts';
import { comparisonTables } from './report/comparison.ts';
import { writeDocs } from './report/docs.ts';
import { peerTable } from './report/peer-tables.ts';
import { plainTable, type Table } from './report/table.ts';
import { tablesOf } from './report/tables.ts';
import { runBenchmark } from './run-benchmark.ts';
import { Cleanup } from './systems/cleanup.ts';

process.title = 'boxoffice-bench';
process.setMaxListeners(0); // each child process adds a listener that kills it if this process exits
process.exit(await main());

/** Returns the exit code: 0 if the database agreed with every answer. */
async function main(): Promise<number> {
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort());
  watchLaunchers(() => stopping.abort());
  const cleanup = new Cleanup();
  try {
    const options = readOptions(process.argv.slice(2));
    if (!options) {
      console.log(help);
      return 0;
    }
    if (options.against !== null || options.tracing !== null) {
      const comparison =
        options.against !== null
          ? await compareWith(options.against, options, cleanup, stopping.signal)
          : await compareTracing(options.tracing ?? 0, options, cleanup, stopping.signal);
      print(comparisonTables(comparison), comparison.problems);
      return comparison.problems.length === 0 ? 0 : 1;
    }
    if (options.peer) {
      const comparison = await comparePeer(options.peer, options, cleanup, stopping.signal);
      print([peerTable(comparison)], comparison.problems, comparison.notes);
      return comparison.problems.length === 0 ? 0 : 1;
    }
    const report = await runBenchmark(options, cleanup, stopping.signal);
    print(tablesOf(report), report.problems);
    if (options.docs) writeDocs(report);
    return report.problems.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(stopping.signal.aborted ? '\nstopped' : explain(error));
    return 1;
  } finally {
    await cleanup.run();
  }
}

function print(tables: Table[], problems: string[], notes: string[] = []): void {
  const style = (format: 'bold' | 'red', text: string) => styleText(format, text, { stream: process.stdout });
  const texts = tables.map((table) => plainTable(table, (text) => style('bold', text)));
  console.log(`\n${texts.join('\n\n')}\n`);
  for (const note of notes) console.log(note);
  for (const problem of problems) console.log(style('red', `✗ ${problem}`));
  if (problems.length === 0) console.log('After every run, the database agreed with every answer.');
}
