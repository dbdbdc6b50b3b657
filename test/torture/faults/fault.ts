import type { Random } from '../random.ts';
import type { World } from '../world/world.ts';

export const faultGroups = ['process', 'redis', 'postgres', 'network', 'clock', 'disk', 'provider'] as const;
type FaultGroup = (typeof faultGroups)[number];

/** Ends a fault; resolves when the target is running again. */
export type Heal = () => Promise<void> | void;

/** One kind of fault. */
export interface FaultKind {
  name: string;
  group: FaultGroup;
  /** How often it comes, beside the others. */
  weight: number;
  /** Over in a moment: its target may be hit again soon, and it is rare where faults come one at a time. */
  brief?: boolean;
  /** How long it lasts, in milliseconds. */
  durationMs: readonly [number, number];
  targets: readonly string[];
  /** Names that overlapping faults must not share; default: the target. */
  locks?(target: string): string[];
  /** Gateways (from 0) that cannot be expected to answer during the fault. */
  silences?(target: string): number[];
  /** Why this machine cannot produce it; null when it can. */
  obstacle?(world: World): string | null;
  inflict(world: World, target: string, random: Random): Promise<Heal> | Heal;
}

/** One fault of a round's plan. */
export interface PlannedFault {
  kind: FaultKind;
  target: string;
  /** After the beginning of the round, in milliseconds. */
  atMs: number;
  durationMs: number;
  random: Random;
}
