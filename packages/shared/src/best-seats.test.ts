import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestSeats, type Wish } from './best-seats.ts';
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

  it('leaves no seat alone between taken ones while there is another choice', () => {
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
});
