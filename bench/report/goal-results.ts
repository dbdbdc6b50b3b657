import { type Goal, goals, type Measure } from '../goals.ts';
import { allButLoad } from '../runs/processes.ts';
import type { CurveCell } from './curve-cells.ts';
import { findCell, type Measurements } from './measurements.ts';
import { ratioOf } from './spread.ts';

/** A goal and its figure; null: not measured in this run. */
export interface GoalResult extends Omit<Goal, 'measure'> {
  figure: number | null;
  met: boolean | null;
  /** Whether the figure is meaningless, because the system cannot keep up with a rate. */
  overloaded: boolean;
}

/** Compares the figures with every goal. */
export function evaluateGoals(measured: Measurements): GoalResult[] {
  return goals.map(({ measure, ...goal }) => {
    const figure = figureOf(measured, measure);
    const overloaded =
      measure.of === 'curve' && figure !== null && curveUpTo(measured, measure.upTo).some(isOverloaded);
    const met =
      figure === null ? null : !overloaded && figure >= (goal.atLeast ?? 0) && figure <= (goal.atMost ?? Infinity);
    return { ...goal, figure, met, overloaded };
  });
}

function figureOf(measured: Measurements, measure: Measure): number | null {
  switch (measure.of) {
    case 'rate':
      return rateFigure(measured, measure);
    case 'p50':
      return findCell(measured.cells, 'boxoffice', measure.cell)?.latencyMs.p50 ?? null;
    case 'CPU': {
      const cell = findCell(measured.cells, 'boxoffice', measure.cell);
      return cell ? allButLoad(cell.cpuMicros) : null;
    }
    case 'curve': {
      const points = curveUpTo(measured, measure.upTo);
      if (!points.some(({ rate }) => rate === measure.upTo)) return null;
      return Math.max(...points.map(({ latencyMs }) => latencyMs[measure.percentile]));
    }
    case 'open p99': {
      const cell = measured.open.find(
        ({ system, percentOfPeak }) => system === 'boxoffice' && percentOfPeak === measure.percentOfPeak,
      );
      return cell?.p99Ms.median ?? null;
    }
    case 'flood lag':
      return measured.flood?.lagSeconds.median ?? null;
    case 'soak growth': {
      const { afterOneMinute, end } = measured.soak ?? {};
      const first = afterOneMinute?.[measure.process];
      const last = end?.[measure.process];
      return first && last ? last / first : null;
    }
    case 'history': {
      const cells = measured.history?.cells[measure.workload];
      return cells ? ratioOf(cells.with.rate, cells.without.rate) : null;
    }
  }
}

const curveUpTo = ({ curve }: Measurements, upTo: number): CurveCell[] =>
  curve.filter(({ system, rate }) => system === 'boxoffice' && rate <= upTo);

const isOverloaded = ({ keepsUp }: CurveCell): boolean => !keepsUp;

function rateFigure(measured: Measurements, { cell, over }: Extract<Measure, { of: 'rate' }>): number | null {
  const rate = findCell(measured.cells, 'boxoffice', cell)?.rate;
  if (!rate || !over) return rate?.median ?? null;
  const other =
    over === 'pgbench' ? measured.pgbench?.single : findCell(measured.cells, over, { ...cell, mode: 'wait' })?.rate;
  return other ? ratioOf(rate, other) : null;
}
