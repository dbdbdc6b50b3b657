import type { PeerRun } from '../runs/peer-run.ts';
import { formatAnswer } from '../runs/probe-peer.ts';
import { ratioOf, type Spread, spreadOf } from './spread.ts';
import { formatCount, formatSpread, type Table } from './table.ts';

/** Boxoffice beside another system, as written to the JSON file. */
export interface PeerComparison {
  startedAt: string;
  conditions: Record<string, string>;
  peer: string;
  /** The number of shows over which the requests are spread. */
  shows: number;
  rounds: number;
  /** The length of each run, without its warm-up. */
  seconds: number;
  /** Runs with the same index were adjacent in time. */
  cells: { connections: number; boxoffice: PeerRun[]; peer: PeerRun[] }[];
  /** Remarks that qualify the figures, a sentence each. */
  notes: string[];
  /** Violations found in Boxoffice's database, a sentence each. */
  problems: string[];
}

/** The name of the workload that books seats of so many shows. */
export const workloadOf = (shows: number) => (shows === 1 ? 'hot' : `${shows} shows`);

export function peerTable({ peer, shows, cells }: PeerComparison): Table {
  return {
    title: `Boxoffice beside ${peer}: bookings per second, median (min–max)`,
    headings: ['', 'system', 'booked per second', '× peer', 'p50 ms', 'p99 ms', 'refused', 'failed'],
    rows: cells.flatMap(({ connections, ...sides }) =>
      (['boxoffice', 'peer'] as const).map((name) => {
        const runs = sides[name];
        const median = (pick: (run: PeerRun) => number) => spreadOf(runs.map(pick)).median;
        const ratio = ratioOf(ratesOf(runs), ratesOf(sides.peer));
        return [
          `${workloadOf(shows)}, ${connections}`,
          name,
          formatSpread(ratesOf(runs)),
          name === 'boxoffice' ? `${ratio.toFixed(ratio < 10 ? 2 : 1)} ×` : '',
          median(({ latencyMs }) => latencyMs.p50).toFixed(1),
          median(({ latencyMs }) => latencyMs.p99).toFixed(1),
          formatCount(sum(runs, 'refused')),
          formatCount(sum(runs, 'failed')),
        ];
      }),
    ),
  };
}

/** A sentence for each number of connections at which the peer refused or failed requests. */
export function peerNotes(cells: PeerComparison['cells']): string[] {
  return cells.flatMap(({ connections, peer }) => {
    const [booked, refused, failed] = [sum(peer, 'booked'), sum(peer, 'refused'), sum(peer, 'failed')];
    if (refused + failed === 0) return [];
    const first = peer.find(({ firstError }) => firstError !== null)?.firstError;
    const percent = Math.max(1, Math.round(((refused + failed) / (booked + refused + failed)) * 100));
    return [
      `At ${connections} connections the peer did not book ${percent} % of the requests, and the latencies include its errors.${first ? ` The first one: ${formatAnswer(first)}` : ''}`,
    ];
  });
}

const ratesOf = (runs: readonly PeerRun[]): Spread => spreadOf(runs.map(({ booked, seconds }) => booked / seconds));

const sum = (runs: readonly PeerRun[], name: 'booked' | 'refused' | 'failed'): number =>
  runs.reduce((total, run) => total + run[name], 0);
