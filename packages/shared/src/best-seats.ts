import type { Seat } from './layout.ts';

/** What someone asks for who leaves the choice of seats to us. */
export interface Wish {
  /** From 1. */
  count: number;
  /** Only seats of this category. */
  category?: string | undefined;
  /** Only accessible seats. Without it they are given last. */
  accessible?: boolean | undefined;
}

/** The labels of the seats, or, when they cannot sit together, the largest group that can. */
export type BestSeats = { labels: string[] } | { labels: null; largestGroup: number };

/** Seats next to each other in one row. */
interface Group {
  seats: readonly Seat[];
  /** Seats that would be left free between taken ones. */
  stranded: number;
  /** Accessible seats that nobody asked for. */
  accessible: number;
  /** Sum of the squared distances from the best place of the hall. */
  distance: number;
  /** The middle, in columns. */
  middle: number;
}

/** A row as free and taken places; its blocks of free seats that match the wish. */
interface Row {
  blocks: Seat[][];
  isFree: (column: number) => boolean;
  isSeat: (column: number) => boolean;
}

/** The seats of a hall by row, and where the best place is. Computed once per list of seats. */
interface Hall {
  rows: readonly (readonly Seat[])[];
  /** Row numbers, the closest to the best one first. */
  closestRows: readonly number[];
  bestRow: number;
  bestColumn: number;
}

/** A party that does not fit in one row is divided over at most this many. */
const rowsPerParty = 3;

/**
 * Chooses seats next to each other in one row: never such that a single seat stays free between taken ones while
 * there is another choice, then with as few accessible seats as possible, then closest to the middle of the
 * hall, two thirds back. If no row has room, the party is divided over two or three neighbouring rows, as
 * evenly and then as close together as possible. Deterministic.
 *
 * @param seats all seats of the hall, row by row from the front
 * @param isTaken by label
 */
export function bestSeats(seats: readonly Seat[], isTaken: (label: string) => boolean, wish: Wish): BestSeats {
  const hall = hallOf(seats);
  const rowAt = memoize((row) => placesIn(hall.rows[row] ?? [], isTaken, wish));
  const single = bestGroup(hall, rowAt, wish);
  if (single) return { labels: labelsOf([single]) };
  const largestGroup = Math.max(0, ...hall.rows.flatMap((_, row) => rowAt(row).blocks.map((block) => block.length)));
  const groupsOf = memoizePairs((row, size) => groupsIn(hall, rowAt(row), row, size, wish));
  for (let parts = 2; parts <= Math.min(rowsPerParty, wish.count); parts++) {
    for (const sizes of divisions(wish.count, parts)) {
      if (Math.max(...sizes) > largestGroup) continue;
      const groups = bestDivision(hall.rows.length, sizes, groupsOf);
      if (groups) return { labels: labelsOf(groups) };
    }
  }
  return { labels: null, largestGroup };
}

/** The best group in one row. Begins with the rows closest to the best one, and stops when no other can be better. */
function bestGroup(hall: Hall, rowAt: (row: number) => Row, wish: Wish): Group | null {
  let best: Group | null = null;
  for (const row of hall.closestRows) {
    const isPerfect = best && best.stranded === 0 && best.accessible === 0;
    if (isPerfect && best && wish.count * (row - hall.bestRow) ** 2 >= best.distance) break;
    for (const group of groupsIn(hall, rowAt(row), row, wish.count, wish))
      if (!best || isBefore(rankOf([group]), rankOf([best]))) best = group;
  }
  return best;
}

/** The best choice of one group per row in neighbouring rows, with these sizes from the front; null if there is none. */
function bestDivision(
  rowCount: number,
  [firstSize = 0, ...sizes]: readonly number[],
  groupsOf: (row: number, size: number) => readonly Group[],
): readonly Group[] | null {
  let best: { groups: readonly Group[]; rank: readonly number[] } | null = null;
  for (let row = 0; row + sizes.length < rowCount; row++) {
    for (const first of groupsOf(row, firstSize)) {
      const groups = [first];
      for (const [index, size] of sizes.entries()) {
        const closest = closestTo(groups[index] as Group, groupsOf(row + index + 1, size));
        if (!closest) break;
        groups.push(closest);
      }
      if (groups.length <= sizes.length) continue;
      const rank = rankOf(groups);
      if (!best || isBefore(rank, best.rank)) best = { groups, rank };
    }
  }
  return best?.groups ?? null;
}

/** Lower is better, the first difference decides. */
function rankOf(groups: readonly Group[]): number[] {
  const sum = (of: (group: Group) => number) => groups.reduce((total, group) => total + of(group), 0);
  let apart = 0;
  for (const [index, group] of groups.entries()) apart += Math.abs(group.middle - (groups[index - 1] ?? group).middle);
  return [sum((group) => group.stranded), sum((group) => group.accessible), apart, sum((group) => group.distance)];
}

function isBefore(rank: readonly number[], other: readonly number[]): boolean {
  for (const [index, value] of rank.entries()) {
    const difference = value - (other[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The group whose middle is closest. Of several, the one that ranks first. */
function closestTo(group: Group, others: readonly Group[]): Group | null {
  let best: Group | null = null;
  for (const other of others) {
    if (!best) best = other;
    else if (isBefore(pairRank(group, other), pairRank(group, best))) best = other;
  }
  return best;
}

function pairRank(group: Group, { stranded, accessible, middle, distance }: Group): number[] {
  return [stranded, accessible, Math.abs(middle - group.middle), distance];
}

/** Every division of a party into this many groups, the most even first. */
function divisions(count: number, parts: number): number[][] {
  if (parts === 1) return [[count]];
  const all: number[][] = [];
  for (let first = 1; first <= count - parts + 1; first++)
    for (const rest of divisions(count - first, parts - 1)) all.push([first, ...rest]);
  const unevenness = (sizes: number[]) => Math.max(...sizes) - Math.min(...sizes);
  return all.sort((a, b) => unevenness(a) - unevenness(b));
}

/** Every group of this size in a row. */
function groupsIn(hall: Hall, places: Row, row: number, size: number, { accessible }: Wish): Group[] {
  return places.blocks.flatMap((block) =>
    Array.from({ length: Math.max(0, block.length - size + 1) }, (_, start): Group => {
      const seats = block.slice(start, start + size);
      const first = (seats[0] as Seat).column;
      const last = first + size - 1;
      return {
        seats,
        stranded: Number(isStranded(places, first - 1, -1)) + Number(isStranded(places, last + 1, 1)),
        accessible: accessible ? 0 : seats.filter((seat) => seat.accessible).length,
        distance: seats.reduce(
          (sum, seat) => sum + (seat.column - hall.bestColumn) ** 2,
          size * (row - hall.bestRow) ** 2,
        ),
        middle: (first + last) / 2,
      };
    }),
  );
}

/** Whether a place beside a group is a free seat with a taken one behind it. */
function isStranded({ isFree, isSeat }: Row, column: number, direction: 1 | -1): boolean {
  return isFree(column) && isSeat(column + direction) && !isFree(column + direction);
}

function placesIn(seats: readonly Seat[], isTaken: (label: string) => boolean, wish: Wish): Row {
  const free = new Map(seats.map((seat) => [seat.column, !isTaken(seat.label)]));
  const blocks: Seat[][] = [];
  let previous: Seat | undefined;
  for (const seat of seats) {
    if (!free.get(seat.column) || !matches(seat, wish)) continue;
    if (previous?.column === seat.column - 1) blocks.at(-1)?.push(seat);
    else blocks.push([seat]);
    previous = seat;
  }
  return { blocks, isFree: (column) => free.get(column) === true, isSeat: (column) => free.has(column) };
}

function matches(seat: Seat, { category, accessible }: Wish): boolean {
  return (category === undefined || seat.category === category) && (!accessible || seat.accessible);
}

const halls = new WeakMap<readonly Seat[], Hall>();

function hallOf(seats: readonly Seat[]): Hall {
  const known = halls.get(seats);
  if (known) return known;
  const rows = [...Map.groupBy(seats, (seat) => seat.row).values()];
  const bestRow = ((rows.length - 1) * 2) / 3;
  const hall = {
    rows,
    bestRow,
    bestColumn: (seats.reduce((widest, seat) => Math.max(widest, seat.column), 0) + 1) / 2,
    closestRows: rows.map((_, row) => row).sort((a, b) => Math.abs(a - bestRow) - Math.abs(b - bestRow)),
  };
  halls.set(seats, hall);
  return hall;
}

const labelsOf = (groups: readonly Group[]) => groups.flatMap((group) => group.seats.map((seat) => seat.label));

function memoize<T>(compute: (row: number) => T): (row: number) => T {
  const known = new Map<number, T>();
  return (row) => {
    const result = known.get(row) ?? compute(row);
    known.set(row, result);
    return result;
  };
}

function memoizePairs<T>(compute: (row: number, size: number) => T): (row: number, size: number) => T {
  const bySize = new Map<number, (row: number) => T>();
  return (row, size) => {
    const ofSize = bySize.get(size) ?? memoize((row) => compute(row, size));
    bySize.set(size, ofSize);
    return ofSize(row);
  };
}
