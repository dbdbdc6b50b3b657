/** Figures of sales over all rounds. */
import { percentile } from '@boxoffice/shared/percentile';
import { type Spread, spreadOf } from '../report/spread.ts';
import type { SystemName } from '../workloads/workloads.ts';
import type { SaleRun } from './sale-tasks.ts';
import type { Sale, SalesResult } from './sales.ts';

export interface SaleCell {
  kind: Sale['kind'];
  /** null: everyone has one. */
  connections: number | null;
  system: SystemName;
  /** Purchases per second. */
  rate: Spread;
  /** From the first request to the last response, in seconds. */
  seconds: Spread;
  requestsPerPurchase: Spread;
  /** CPU time of all the system's processes per purchase, in microseconds. */
  cpuMicros: Spread;
  /** Medians over the rounds, in milliseconds; of the first request, the last one, and all of a purchase. */
  firstMs: Percentiles;
  lastMs: Percentiles;
  purchaseMs: Percentiles;
}

interface Percentiles {
  p50: number;
  p99: number;
}

/** Combines the rounds of each sale on each system. */
export function saleCells(runs: readonly SaleRun[]): SaleCell[] {
  const groups = Map.groupBy(runs, ({ sale, system }) => `${sale.kind} ${connectionsOf(sale)} ${system}`);
  return [...groups.values()].flatMap((rounds) => (rounds[0] ? [cellOf(rounds[0], rounds)] : []));
}

const connectionsOf = (sale: Sale) => ('connections' in sale ? sale.connections : null);

function cellOf({ sale, system }: SaleRun, rounds: readonly SaleRun[]): SaleCell {
  const results = rounds.map(({ result }) => result);
  const spread = (pick: (result: SalesResult) => number) => spreadOf(results.map(pick));
  const percentiles = (pick: (requestMs: readonly number[]) => number): Percentiles => {
    const of = ({ purchases }: SalesResult, percent: number) =>
      percentile(
        purchases.map(({ requestMs }) => pick(requestMs)).sort((a, b) => a - b),
        percent,
      ) || 0; // without any purchase, which the checks report
    return { p50: spread((result) => of(result, 50)).median, p99: spread((result) => of(result, 99)).median };
  };
  return {
    kind: sale.kind,
    connections: connectionsOf(sale),
    system,
    rate: spread(({ purchases, seconds }) => purchases.length / seconds),
    seconds: spread(({ seconds }) => seconds),
    cpuMicros: spreadOf(rounds.map(({ cpuMicros }) => cpuMicros)),
    requestsPerPurchase: spread(
      ({ purchases }) =>
        purchases.reduce((sum, { requestMs }) => sum + requestMs.length, 0) / Math.max(purchases.length, 1),
    ),
    firstMs: percentiles((requestMs) => requestMs[0] ?? 0),
    lastMs: percentiles((requestMs) => requestMs.at(-1) ?? 0),
    purchaseMs: percentiles((requestMs) => requestMs.reduce((sum, ms) => sum + ms, 0)),
  };
}
