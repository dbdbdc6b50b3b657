import type { Hall } from './hall.ts';
import type { Group, RowGroups } from './row-groups.ts';

/** A party that does not fit in one row is divided over at most this many. */
const rowsPerParty = 3;

/** The sizes of the groups in neighbouring rows, the first of them in this row. */
interface Division {
  row: number;
  sizes: readonly number[];
}

interface DividedParty {
  groups: readonly Group[];
  /** The sum of the columns between the middles of groups in neighbouring rows. */
  apart: number;
  distance: number;
}

/**
 * Divides a party over neighbouring rows: over two if that is possible, else three, then with the lowest penalty,
 * as evenly as possible, as close together as possible, closest to the best place. Null when that is not possible.
 *
 * @param largest the size of the largest group in any row
 */
export function divideParty(
  hall: Hall,
  groupsIn: (row: number) => RowGroups,
  { count, largest }: { count: number; largest: number },
): readonly Group[] | null {
  for (let parts = 2; parts <= Math.min(rowsPerParty, count); parts++) {
    const choices = sizesOf(count, parts, largest).sort((a, b) => unevennessOf(a) - unevennessOf(b));
    const divisions = bestDivisions(hall, groupsIn, choices);
    const best = closestParty(hall, groupsIn, divisions);
    if (best) return best.groups;
  }
  return null;
}

/**
 * The divisions that share the lowest penalty and are the most even of those, those near the best row first. Groups do
 * not affect the penalty of groups in other rows, so that none need to be compared with each other yet.
 *
 * @param choices the most even first
 */
function bestDivisions(
  { closestRows, rows }: Hall,
  groupsIn: (row: number) => RowGroups,
  choices: readonly (readonly number[])[],
): Division[] {
  let lowest = Infinity;
  let found: Division[] = [];
  for (const sizes of choices) {
    const unevenness = unevennessOf(sizes) / 100; // less important than any penalty
    if (unevenness > lowest) break;
    for (const row of closestRows) {
      if (row + sizes.length > rows.length) continue;
      const penaltyOf = (size: number, index: number) => groupsIn(row + index).best(size)?.penalty ?? Infinity;
      const penalty = sizes.reduce((sum, size, index) => sum + penaltyOf(size, index), unevenness);
      if (penalty > lowest || penalty === Infinity) continue;
      if (penalty < lowest) found = [];
      lowest = penalty;
      found.push({ row, sizes });
    }
  }
  return found;
}

function closestParty(
  { bestRow }: Hall,
  groupsIn: (row: number) => RowGroups,
  divisions: readonly Division[],
): DividedParty | null {
  let best: DividedParty | null = null;
  for (const { row, sizes } of divisions) {
    const leastDistance = sizes.reduce((sum, size, index) => sum + size * (row + index - bestRow) ** 2, 0);
    if (best && best.apart <= leastApart(sizes) && best.distance <= leastDistance) continue;
    const party = closestInRows(sizes.map((size, index) => groupsIn(row + index).cheapest(size)));
    if (!best || isCloser(party, best)) best = party;
  }
  return best;
}

/** A group of even and one of odd size cannot have the same middle. */
function leastApart(sizes: readonly number[]): number {
  return sizes.reduce((sum, size, index) => sum + ((size - (sizes[index - 1] ?? size)) % 2 === 0 ? 0 : 0.5), 0);
}

/**
 * One group of each of two or three rows, as close together as possible. Begins with the second row: given its group,
 * the closest ones of the first and the third do not depend on each other.
 *
 * @param rows groups from the left, at least one in each row
 */
function closestInRows([first = [], second = [], third]: readonly (readonly Group[])[]): DividedParty {
  const beforeSecond = closestTo(first);
  const afterSecond = third && closestTo(third);
  let best: DividedParty = { groups: [], apart: Infinity, distance: Infinity };
  for (const group of second) {
    const before = beforeSecond(group);
    const after = afterSecond?.(group);
    const apart = Math.abs(before.middle - group.middle) + (after ? Math.abs(after.middle - group.middle) : 0);
    const distance = before.distance + group.distance + (after?.distance ?? 0);
    if (isCloser({ apart, distance }, best))
      best = { groups: after ? [before, group, after] : [before, group], apart, distance };
  }
  return best;
}

function isCloser(party: Omit<DividedParty, 'groups'>, other: Omit<DividedParty, 'groups'>): boolean {
  return party.apart < other.apart || (party.apart === other.apart && party.distance < other.distance);
}

/** Finds the groups closest to others, whose middles must not decrease from one call to the next. */
function closestTo(groups: readonly Group[]): (other: Group) => Group {
  let index = 0;
  return ({ middle }) => {
    let closest = groups[index] as Group;
    for (let next = groups[index + 1]; next; next = groups[index + 1]) {
      const difference = Math.abs(next.middle - middle) - Math.abs(closest.middle - middle);
      if (difference > 0 || (difference === 0 && next.distance >= closest.distance)) break;
      closest = next;
      index++;
    }
    return closest;
  };
}

const unevennessOf = (sizes: readonly number[]) => Math.max(...sizes) - Math.min(...sizes);

/** Every division of a party into this many groups of at most this size. */
function sizesOf(count: number, parts: number, largest: number): number[][] {
  if (parts === 1) return count >= 1 && count <= largest ? [[count]] : [];
  const firstSizes = Array.from({ length: Math.max(0, Math.min(largest, count - parts + 1)) }, (_, index) => index + 1);
  return firstSizes.flatMap((first) => sizesOf(count - first, parts - 1, largest).map((rest) => [first, ...rest]));
}
