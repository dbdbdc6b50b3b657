import type { Random } from '../random.ts';
import { clockFaults } from './clock-faults.ts';
import type { FaultKind, PlannedFault } from './fault.ts';
import { networkFaults } from './network-faults.ts';
import { postgresFaults } from './postgres-faults.ts';
import { processFaults } from './process-faults.ts';
import { redisFaults } from './redis-faults.ts';

export const allFaults: readonly FaultKind[] = [
  ...processFaults,
  ...redisFaults,
  ...postgresFaults,
  ...networkFaults,
  ...clockFaults,
];

/** A target gets this long to recover before the same kind of fault hits it again, in milliseconds. */
const restMs = { default: 2_000, network: 200 };
/** Between the end of one fault and the beginning of the next when they come one at a time, in milliseconds. */
const singleGapMs = 1_500;

/**
 * Plans the faults of a round: one at a time, so that effects can be attributed, or
 * overlapping, `perSecond` of them on average.
 */
export function plan(
  random: Random,
  {
    kinds,
    forMs,
    perSecond,
    single,
  }: { kinds: readonly FaultKind[]; forMs: number; perSecond: number; single: boolean },
): PlannedFault[] {
  const planned: PlannedFault[] = [];
  const busyUntil = new Map<string, number>();
  for (let atMs = 500; atMs < forMs && kinds.length > 0; ) {
    const kind = random.weighted(kinds);
    const target = random.pick(kind.targets);
    const [least, most] = kind.durationMs;
    // A round's last faults do not make it much longer.
    const durationMs = Math.min(random.spread(least, most), Math.max(least, forMs - atMs + 3_000));
    const locks = kind.locks?.(target) ?? [target];
    const own = random.fork(`${planned.length}`);
    if (locks.every((lock) => (busyUntil.get(lock) ?? 0) <= atMs)) {
      planned.push({ kind, target, atMs, durationMs, random: own });
      for (const lock of locks)
        busyUntil.set(lock, atMs + durationMs + (kind.group === 'network' ? restMs.network : restMs.default));
    }
    atMs += single ? durationMs + singleGapMs : (-Math.log(1 - random.next()) * 1_000) / perSecond;
  }
  return planned;
}
