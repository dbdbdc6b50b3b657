import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestOf, bestSeats, type Wish } from './best-seats.ts';
import { FreeSeats } from './free-seats.ts';
import { type Layout, type Seat, seatsOf } from './layout.ts';
import { findStrandedSeat } from './stranded-seat.ts';

const legend = {
  S: { category: 'standard' },
  P: { category: 'premium' },
  W: { category: 'standard', accessible: true },
};
const hall = (...rows: string[]): Layout => ({ rows, legend });
const takenIn =
  (...labels: string[]) =>
  (label: string) =>
    labels.includes(label);
const choose = (layout: Layout, wish: Wish, ...taken: string[]) =>
  bestSeats(seatsOf(layout), takenIn(...taken), wish).labels;

describe('bestSeats', () => {
  it('begins two thirds back, in the middle', () => {
    expect(choose(hall('SSSSS', 'SSSSS', 'SSSSS', 'SSSSS'), { count: 1 })).toEqual(['C3']);
    expect(choose(hall('SSSS', 'SSSS', 'SSSS', 'SSSS'), { count: 2 })).toEqual(['C2', 'C3']);
  });

  it('does not seat a party across a gap', () => {
    expect(choose(hall('SS_SS', 'SSS__'), { count: 3 })).toEqual(['B1', 'B2', 'B3']);
  });

  it('keeps to the category, and to accessible seats, if asked', () => {
    const layout = hall('SSSS', 'SSSS', 'PPPP', 'W__W');
    expect(choose(layout, { count: 2, category: 'premium' })).toEqual(['C2', 'C3']);
    expect(choose(layout, { count: 1, accessible: true })).toEqual(['D1']);
    expect(choose(layout, { count: 1, category: 'balcony' })).toBeNull();
  });

  it('gives accessible seats last to those who did not ask for them', () => {
    const layout = hall('SS', 'WW');
    expect(choose(layout, { count: 2 })).toEqual(['A1', 'A2']);
    expect(choose(layout, { count: 2 }, 'A1', 'A2')).toEqual(['B1', 'B2']);
  });

  it('leaves no single seat between taken ones while there is another choice', () => {
    expect(choose(hall('SSSSS'), { count: 2 })).toEqual(['A2', 'A3']);
    // They would leave A4 alone between A3 and A5.
    expect(choose(hall('SSSSS'), { count: 2 }, 'A5')).toEqual(['A3', 'A4']);
    expect(choose(hall('SSSSS'), { count: 2 }, 'A1', 'A5')).not.toBeNull();
  });

  it('divides a party over neighbouring rows, evenly and close together, when no row has room', () => {
    expect(choose(hall('SS__', 'SS__', '__SS'), { count: 4 })).toEqual(['A1', 'A2', 'B1', 'B2']);
    expect(choose(hall('SS', 'SS', 'SS'), { count: 6 })).toEqual(['A1', 'A2', 'B1', 'B2', 'C1', 'C2']);
  });

  it('says how many can sit together when there is no room for all', () => {
    expect(bestSeats(seatsOf(hall('SSS', 'S')), takenIn(), { count: 6 })).toEqual({ labels: null, largestGroup: 3 });
    expect(bestSeats(seatsOf(hall('S')), takenIn('A1'), { count: 1 })).toEqual({ labels: null, largestGroup: 0 });
  });
});

const drawn = fc
  .record({
    rows: fc.array(
      fc
        .array(fc.constantFrom('S', 'S', 'S', 'P', 'W', '_'), { minLength: 1, maxLength: 9 })
        .map((row) => row.join('')),
      { minLength: 1, maxLength: 5 },
    ),
    taken: fc.infiniteStream(fc.boolean()),
    freed: fc.nat(),
    wish: fc.record({
      count: fc.integer({ min: 1, max: 6 }),
      category: fc.option(fc.constantFrom('standard', 'premium'), { nil: undefined }),
      accessible: fc.option(fc.boolean(), { nil: undefined }),
    }),
  })
  .map(({ rows, taken, freed, wish }) => {
    const seats = seatsOf(hall(...rows));
    const labels = seats.filter(() => taken.next().value).map((seat) => seat.label);
    return { seats, taken: labels, freed: labels[freed % Math.max(1, labels.length)], wish };
  });

const matches = ({ category, accessible }: Wish, seat: Seat) =>
  (category === undefined || seat.category === category) && (!accessible || seat.accessible);

/** Every group of seats next to each other that would do, by brute force. */
function everyGroup(seats: readonly Seat[], taken: readonly string[], wish: Wish): Seat[][] {
  return seats.flatMap((_, start) => {
    const group = seats.slice(start, start + wish.count);
    const isTogether = group.every(
      (seat, index) => seat.row === group[0]?.row && seat.column === (group[0]?.column ?? 0) + index,
    );
    const isFree = group.every((seat) => !taken.includes(seat.label) && matches(wish, seat));
    return group.length === wish.count && isTogether && isFree ? [group] : [];
  });
}

describe('bestSeats, for any hall', () => {
  it('chooses distinct free seats of the right kind, in at most three neighbouring rows', () => {
    fc.assert(
      fc.property(drawn, ({ seats, taken, wish }) => {
        const { labels } = bestSeats(seats, takenIn(...taken), wish);
        if (!labels) return;
        const chosen = seats.filter((seat) => labels.includes(seat.label));
        expect(new Set(labels).size).toBe(wish.count);
        expect(chosen).toHaveLength(wish.count);
        for (const seat of chosen) {
          expect(taken).not.toContain(seat.label);
          expect(matches(wish, seat)).toBe(true);
        }
        const rows = [...new Set(seats.map((seat) => seat.row))];
        const used = chosen.map((seat) => rows.indexOf(seat.row));
        expect(Math.max(...used) - Math.min(...used)).toBeLessThanOrEqual(2);
      }),
      { numRuns: 1_000 },
    );
  });

  it('keeps a party together whenever that is possible, and strands a seat only if every choice would', () => {
    fc.assert(
      fc.property(drawn, ({ seats, taken, wish }) => {
        const isTaken = takenIn(...taken);
        const together = everyGroup(seats, taken, wish).map((group) => group.map((seat) => seat.label));
        const { labels } = bestSeats(seats, isTaken, wish);
        if (together.length === 0) return;
        expect(together).toContainEqual(labels);
        const avoidable = together.some((group) => findStrandedSeat(seats, isTaken, group) === null);
        if (avoidable) expect(findStrandedSeat(seats, isTaken, labels ?? [])).toBeNull();
      }),
      { numRuns: 1_000 },
    );
  });

  it('never seats a party worse when a seat becomes free: as many groups at most, and not refused', () => {
    fc.assert(
      fc.property(drawn, ({ seats, taken, freed, wish }) => {
        const groupsOf = (labels: string[] | null) =>
          labels ? new Set(seats.filter((seat) => labels.includes(seat.label)).map((seat) => seat.row)).size : Infinity;
        const before = bestSeats(seats, takenIn(...taken), wish).labels;
        const after = bestSeats(seats, takenIn(...taken.filter((label) => label !== freed)), wish).labels;
        expect(groupsOf(after)).toBeLessThanOrEqual(groupsOf(before));
      }),
      { numRuns: 1_000 },
    );
  });

  it('makes the best of all choices, compared with a search that tries every one', () => {
    fc.assert(
      fc.property(drawn, ({ seats, taken, wish }) => {
        const { labels } = bestSeats(seats, takenIn(...taken), wish);
        const rows = [...Map.groupBy(seats, (seat) => seat.row).values()];
        const ranks = everyDivision(seats, taken, wish).map((groups) => rankOf(groups, rows, taken, wish));
        const best = ranks.sort(compareRanks)[0];
        expect(labels === null).toBe(best === undefined);
        const chosen = Map.groupBy(
          seats.filter((seat) => labels?.includes(seat.label)),
          (seat) => seat.row,
        );
        const rank = rankOf([...chosen.values()], rows, taken, wish);
        for (const [index, value] of best?.entries() ?? []) expect(rank[index]).toBeCloseTo(value, 6);
      }),
      { numRuns: 1_000 },
    );
  });

  it('chooses the same for one wish after another as for each alone', () => {
    fc.assert(
      fc.property(drawn, fc.array(fc.integer({ min: 1, max: 6 })), ({ seats, taken, wish }, counts) => {
        const sold = new Set(taken);
        const isTaken = (label: string) => sold.has(label);
        const free = new FreeSeats(seats, isTaken);
        for (const count of counts) {
          const chosen = bestOf(free, { ...wish, count });
          expect(chosen).toEqual(bestSeats(seats, isTaken, { ...wish, count }));
          for (const label of chosen.labels ?? []) {
            sold.add(label);
            free.seatChanged(label);
          }
          const [released] = sold;
          if (count === 1 && released) {
            sold.delete(released);
            free.seatChanged(released);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Every way to seat a party in one row, or else in two neighbouring ones, or else in three. */
function everyDivision(seats: readonly Seat[], taken: readonly string[], wish: Wish): Seat[][][] {
  const rows = [...new Set(seats.map((seat) => seat.row))];
  const groupsOf = (row: number, count: number) =>
    everyGroup(seats, taken, { ...wish, count }).filter(([first]) => first?.row === rows[row]);
  const from = (row: number, count: number, parts: number): Seat[][][] => {
    if (parts === 1) return groupsOf(row, count).map((group) => [group]);
    return Array.from({ length: Math.max(0, count - parts + 1) }, (_, less) => less + 1).flatMap((size) =>
      groupsOf(row, size).flatMap((group) => from(row + 1, count - size, parts - 1).map((rest) => [group, ...rest])),
    );
  };
  for (let parts = 1; parts <= 3; parts++) {
    const found = rows.flatMap((_, row) => from(row, wish.count, parts));
    if (found.length > 0) return found;
  }
  return [];
}

/** The rules in their order; lower is better. */
function rankOf(groups: Seat[][], rows: Seat[][], taken: readonly string[], { accessible }: Wish): number[] {
  const chosen = groups.flat();
  const bestRow = ((rows.length - 1) * 2) / 3;
  const bestColumn = (Math.max(...rows.flat().map((seat) => seat.column)) + 1) / 2;
  const rowOf = (seat: Seat) => rows.findIndex(([first]) => first?.row === seat.row);
  const middle = (group: Seat[]) => group.reduce((sum, seat) => sum + seat.column, 0) / group.length;
  const stranded = rows.flat().filter((seat) => {
    if (chosen.includes(seat) || taken.includes(seat.label)) return false;
    const beside = rows.flat().filter(({ row, column }) => row === seat.row && Math.abs(column - seat.column) === 1);
    return beside.some((one) => chosen.includes(one)) && beside.some((one) => taken.includes(one.label));
  });
  const sizes = groups.map((group) => group.length);
  return [
    stranded.length,
    accessible ? 0 : chosen.filter((seat) => seat.accessible).length,
    Math.max(...sizes) - Math.min(...sizes),
    groups.reduce((sum, group, index) => sum + Math.abs(middle(group) - middle(groups[index - 1] ?? group)), 0),
    chosen.reduce((sum, seat) => sum + (rowOf(seat) - bestRow) ** 2 + (seat.column - bestColumn) ** 2, 0),
  ];
}

function compareRanks(rank: number[], other: number[]): number {
  return rank.map((value, index) => value - (other[index] ?? 0)).find((difference) => Math.abs(difference) > 1e-9) ?? 0;
}
