import type { CampaignResult } from '../campaign.ts';
import type { Totals } from '../provider/ledger.ts';

interface KindSummary {
  times: number;
  single: number;
  /** Of single faults: from the beginning, and from the end, until every partition had decided again; in milliseconds. */
  afterBegin: number[];
  afterEnd: number[];
}

/** The figures of one campaign or of several, as `--json` writes them. */
export interface Summary {
  seeds: number[];
  ranMs: number;
  rounds: number;
  requests: number;
  /** Requests that got a complete response: the others broke off with a connection, or were given up. */
  answers: number;
  /** Bookings and cancellations, and those of them that were decided while a fault was active. */
  operations: number;
  decidedUnderFault: number;
  faults: Record<string, KindSummary>;
  /** The longest that a partition decided nothing; the latest refusal, and answer that waits for no outcome. */
  worst: { gapMs: number; refusalMs: number; answerMs: number };
  memoryMiB: Record<string, number>;
  /** At the payment provider, in minor units: sums by currency, and how many payments. */
  money: Record<string, Totals>;
  payments: number;
  /** By rule. */
  violations: Record<string, number>;
  /** Kinds that could not be had, with the reason. */
  skipped: Record<string, string>;
}

export function summarize(seed: number, result: CampaignResult): Summary {
  const { log, violations, ranMs, rounds, requests, answers, operations, worst, memory, money, skipped } = result;
  const faults: Summary['faults'] = {};
  for (const { kind, single, serviceAfterBegin, serviceAfterEnd } of log.entries) {
    const summary = faults[kind] ?? { times: 0, single: 0, afterBegin: [], afterEnd: [] };
    faults[kind] = summary;
    summary.times++;
    if (!single) continue;
    summary.single++;
    summary.afterBegin.push(...slowest(serviceAfterBegin));
    summary.afterEnd.push(...slowest(serviceAfterEnd));
  }
  const rules: Summary['violations'] = {};
  for (const { rule } of violations) rules[rule] = (rules[rule] ?? 0) + 1;
  return {
    ...{ seeds: [seed], ranMs, rounds, requests, answers, operations, faults, violations: rules },
    decidedUnderFault: log.decidedUnderFault,
    worst: { gapMs: log.worstGapMs, ...worst },
    memoryMiB: Object.fromEntries(memory),
    ...{ money: Object.fromEntries(money.totals), payments: money.payments },
    skipped: Object.fromEntries(skipped),
  };
}

export function sumUp(summaries: readonly [Summary, ...Summary[]]): Summary {
  return summaries.reduce((one, other) => ({
    seeds: [...one.seeds, ...other.seeds],
    ranMs: one.ranMs + other.ranMs,
    rounds: one.rounds + other.rounds,
    requests: one.requests + other.requests,
    answers: one.answers + other.answers,
    operations: one.operations + other.operations,
    decidedUnderFault: one.decidedUnderFault + other.decidedUnderFault,
    faults: merge(one.faults, other.faults, (a, b) => ({
      times: a.times + b.times,
      single: a.single + b.single,
      afterBegin: [...a.afterBegin, ...b.afterBegin],
      afterEnd: [...a.afterEnd, ...b.afterEnd],
    })),
    worst: merge(one.worst, other.worst, Math.max) as Summary['worst'],
    memoryMiB: merge(one.memoryMiB, other.memoryMiB, Math.max),
    money: merge(one.money, other.money, (a, b) => ({
      authorized: a.authorized + b.authorized,
      captured: a.captured + b.captured,
      voided: a.voided + b.voided,
      refunded: a.refunded + b.refunded,
    })),
    payments: one.payments + other.payments,
    violations: merge(one.violations, other.violations, (a, b) => a + b),
    skipped: { ...one.skipped, ...other.skipped },
  }));
}

export function countFaults({ faults }: Summary): number {
  return Object.values(faults).reduce((sum, { times }) => sum + times, 0);
}

/** The smallest value that at least this share of the values do not exceed; null when there are none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? null;
}

/** When the last partition had recovered; nothing when that is unknown for one of them. */
function slowest(partitions: readonly (number | null)[]): number[] {
  const known = partitions.filter((ms) => ms !== null);
  return known.length === partitions.length ? [Math.max(...known)] : [];
}

function merge<Value>(
  one: Record<string, Value>,
  other: Record<string, Value>,
  add: (a: Value, b: Value) => Value,
): Record<string, Value> {
  const sum = { ...one };
  for (const [key, value] of Object.entries(other)) sum[key] = sum[key] === undefined ? value : add(sum[key], value);
  return sum;
}
