import { resolve } from 'node:path';
import { loadConfig } from '@boxoffice/shared/service/config';
import { startEnvironment } from './environment.ts';
import type { Options } from './options.ts';
import type { Peer } from './peer-options.ts';
import { type PeerComparison, peerNotes, workloadOf } from './report/peer-tables.ts';
import { writeJson } from './report/write-json.ts';
import { boxofficeSide, peerSide } from './runs/peer-run.ts';
import { isLocal, probePeer } from './runs/probe-peer.ts';
import { runTasks, type Task } from './runs/progress.ts';
import { firstWarmUpSeconds } from './runs/run-case.ts';
import type { Cleanup } from './systems/cleanup.ts';

const usualConnections = [1, 64, 256];

/**
 * Measures Boxoffice beside a system that someone else has started, with the same generator and in alternating runs.
 *
 * @throws {PlainError} when the peer does not answer, or only with errors
 */
export async function comparePeer(
  peer: Peer,
  options: Options,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<PeerComparison> {
  const startedAt = new Date().toISOString();
  if (!isLocal(peer.url))
    console.error(
      `${peer.url} is not on this machine, and load will be sent there. Only do this to a system of your own.`,
    );
  await probePeer(peer);
  const dataDir = resolve(loadConfig().DATA_DIR);
  const { bench, boxoffice, conditions } = await startEnvironment(options, dataDir, cleanup, signal);
  const shows = peer.template.shows.length;
  const sides = { boxoffice: boxofficeSide(bench, boxoffice, shows), peer: peerSide(bench, peer) };
  const { seconds, rounds, quick } = options;
  const cells: PeerComparison['cells'] = (options.connections ?? (quick ? [64] : usualConnections)).map(
    (connections) => ({ connections, boxoffice: [], peer: [] }),
  );
  const task = (cell: PeerComparison['cells'][number], name: 'boxoffice' | 'peer'): Task => ({
    name: `${workloadOf(shows)}, ${cell.connections} · ${name}`,
    seconds: seconds + 2,
    async run() {
      const { connections } = cell;
      const isFirst = cells.every((one) => one[name].length === 0);
      const warmUp = await sides[name].run({
        connections,
        seconds: isFirst ? Math.min(firstWarmUpSeconds, seconds) : 1,
      });
      const run = await sides[name].run({ connections, seconds });
      cell[name].push({ ...run, problems: [...warmUp.problems, ...run.problems] });
    },
  });
  const tasks = Array.from({ length: rounds }, (_, round) =>
    cells.flatMap((cell) => {
      const turns = [task(cell, 'boxoffice'), task(cell, 'peer')];
      return round % 2 === 0 ? turns : turns.toReversed();
    }),
  );
  await runTasks(tasks.flat(), signal);
  const next = peer.seats.from(sides.peer.used());
  const comparison: PeerComparison = {
    startedAt,
    conditions,
    peer: peer.url,
    shows,
    rounds,
    seconds,
    cells,
    notes: [
      ...peerNotes(cells),
      ...(next
        ? [`The peer's seats before ${next.split('..')[0]} are now used. To run this again: --peer-seats ${next}`]
        : []),
    ],
    problems: cells.flatMap((cell) => cell.boxoffice.flatMap(({ problems }) => problems)),
  };
  writeJson(comparison, options.json, dataDir);
  return comparison;
}
