import type { Random } from '../random.ts';
import { clockFaults } from './clock-faults.ts';
import type { FaultKind, PlannedFault } from './fault.ts';
import { networkFaults } from './network-faults.ts';
import { postgresFaults } from './postgres-faults.ts';
import { processFaults } from './process-faults.ts';
import { providerFaults } from './provider-faults.ts';
import { redisFaults } from './redis-faults.ts';

export const allFaults: readonly FaultKind[] = [
  ...processFaults,
  ...redisFaults,
  ...postgresFaults,
  ...networkFaults,
  ...clockFaults,
  ...providerFaults,
];

/** A target gets this long to recover before the same kind of fault hits it again, in milliseconds. */
const restMs = { default: 2_000, network: 200, brief: 150 };
/** Between the end of one fault and the beginning of the next when they come one at a time, in milliseconds. */
const singleGapMs = 1_500;
/** Brief faults come this much less often when faults come one at a time: the others need the time. */
const briefShare = 0.25;
/** Draws until one finds its target free. */
const drawLimit = 8;
/** A round's last faults make it this much longer at most, in milliseconds. */
const overrunMs = 3_000;

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
  const weighted = kinds.map((kind) => ({ kind, weight: kind.weight * (single && kind.brief ? briefShare : 1) }));
  for (let atMs = 500; atMs < forMs && kinds.length > 0; ) {
    const leftMs = forMs - atMs + overrunMs;
    let durationMs = 0;
    for (let draws = drawLimit; draws > 0; draws--) {
      const { kind } = random.weighted(weighted);
      const target = random.pick(kind.targets);
      const [least, most] = kind.durationMs;
      const locks = kind.locks?.(target) ?? [target];
      const own = random.fork(`${planned.length}`);
      if (least > leftMs || locks.some((lock) => (busyUntil.get(lock) ?? 0) > atMs)) continue;
      durationMs = Math.min(random.spread(least, most), leftMs);
      planned.push({ kind, target, atMs, durationMs, random: own });
      for (const lock of locks) busyUntil.set(lock, atMs + durationMs + restOf(kind));
      break;
    }
    atMs += single ? durationMs + singleGapMs : (-Math.log(1 - random.next()) * 1_000) / perSecond;
  }
  return planned;
}

function restOf({ brief, group }: FaultKind): number {
  if (brief) return restMs.brief;
  return group === 'network' ? restMs.network : restMs.default;
}
