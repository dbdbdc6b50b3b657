import { divideParty } from './divided-party.ts';
import { FreeSeats } from './free-seats.ts';
import type { Hall } from './hall.ts';
import type { Seat } from './layout.ts';
import { type Group, isBetter, type RowGroups, type SeatKindWish } from './row-groups.ts';

/** A request that leaves the choice of seats to us. */
export interface Wish extends SeatKindWish {
  /** From 1. */
  count: number;
}

/** The labels of the seats, or, when they cannot sit together, the size of the largest group that can. */
export type BestSeats = { labels: string[] } | { labels: null; largestGroup: number };

/**
 * Chooses adjacent seats in one row. In order of importance: no single seat is left free between taken ones unless
 * every choice would leave one; as few accessible seats as possible, unless they were asked for; closest to the best
 * place, in the middle and two thirds back. If no row has room, the party is divided over two or three neighbouring
 * rows. Deterministic.
 *
 * @param seats all seats of the hall, row by row from the front
 * @param isTaken by label
 */
export function bestSeats(seats: readonly Seat[], isTaken: (label: string) => boolean, wish: Wish): BestSeats {
  return bestOf(new FreeSeats(seats, isTaken), wish);
}

/** As `bestSeats`, for one wish after another in the same hall. */
export function bestOf(free: FreeSeats, wish: Wish): BestSeats {
  const { hall } = free;
  const { count } = wish;
  const groupsIn = free.groups(wish);
  const labelsOf = (group: Group) => groupsIn(group.row).labelsOf(group);
  const single = bestGroup(hall, groupsIn, count);
  if (single) return { labels: labelsOf(single) };
  const largest = hall.rows.reduce((size, _, row) => Math.max(size, groupsIn(row).largest), 0);
  const divided = divideParty(hall, groupsIn, { count, largest });
  return divided ? { labels: divided.flatMap(labelsOf) } : { labels: null, largestGroup: largest };
}

/** The best group in one row. Begins with the rows closest to the best one, and stops when no other can be better. */
function bestGroup({ closestRows, bestRow }: Hall, groupsIn: (row: number) => RowGroups, size: number): Group | null {
  let best: Group | null = null;
  for (const row of closestRows) {
    if (best?.penalty === 0 && size * (row - bestRow) ** 2 >= best.distance) break;
    const group = groupsIn(row).best(size);
    if (group && (!best || isBetter(group, best))) best = group;
  }
  return best;
}
