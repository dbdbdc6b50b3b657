import type { ExpiryFigures } from '../runs/expiry.ts';
import type { History } from '../runs/history.ts';
import type { ByProcess } from '../runs/processes.ts';
import type { Soak } from '../runs/soak.ts';
import type { SaleCell } from '../sales/sale-cells.ts';
import type { PgbenchScript } from '../systems/pgbench.ts';
import type { SystemName, WorkloadName } from '../workloads/workloads.ts';
import type { Cell, OpenCell } from './cells.ts';
import type { CurveCell } from './curve-cells.ts';
import type { Spread } from './spread.ts';

/** Everything a benchmark measured. */
export interface Measurements {
  startedAt: string;
  conditions: Record<string, string>;
  rounds: number;
  /** Of each run, without its warm-up. */
  seconds: number;
  cells: Cell[];
  open: OpenCell[];
  curve: CurveCell[];
  flood: { requests: number; acceptedPerSecond: Spread; lagSeconds: Spread } | null;
  /** Rows per second; null without pgbench. */
  pgbench: Partial<Record<PgbenchScript, Spread>> | null;
  sales: SaleCell[];
  expiry: ExpiryFigures | null;
  /** Of Boxoffice's processes, in bytes: when ready, and at the end. */
  memory: { start: ByProcess; end: ByProcess };
  soak: Soak | null;
  history: History | null;
  /** Violations found by the checks, a sentence each; empty when the database agrees with every response. */
  problems: string[];
}

/** Finds the cell of a system, or null when it was not measured. */
export function findCell(
  cells: readonly Cell[],
  system: SystemName,
  { workload, mode, connections }: Pick<Cell, 'mode' | 'connections'> & { workload: WorkloadName },
): Cell | null {
  const found = cells.find(
    (cell) =>
      cell.system === system && cell.workload === workload && cell.mode === mode && cell.connections === connections,
  );
  return found ?? null;
}
