import { describe, expect, it } from 'vitest';
import { bestSeats } from './best-seats.ts';
import { type Seat, seatsOf } from './layout.ts';

describe('bestSeats, in a hall of 10,000 seats', () => {
  const seats = seatsOf({
    rows: Array.from({ length: 100 }, () => 'S'.repeat(100)),
    legend: { S: { category: 'standard' } },
  });
  /** Parties that must be divided, and parties for which there is no room, cost most. */
  const halls = [
    ...[2, 3, 4, 5, 10].map((every) => new Set(seats.filter((_, place) => place % every === 0).map(labelOf))),
    new Set(seats.map(labelOf)),
    new Set(seats.slice(100).map(labelOf)),
  ];

  it('asks about every seat at most once', () => {
    for (const taken of halls)
      for (let count = 1; count <= 10; count++) {
        const asked: string[] = [];
        const isTaken = (label: string) => {
          asked.push(label);
          return taken.has(label);
        };
        bestSeats(seats, isTaken, { count });
        expect(new Set(asked).size).toBe(asked.length);
      }
  });

  it('takes no longer than reading twenty such halls', () => {
    const readingMs = fastest(() => {
      let free = 0;
      for (let times = 0; times < 20; times++) for (const { label } of seats) if (!halls[0]?.has(label)) free++;
      return free;
    });
    for (const taken of halls)
      for (const count of [1, 2, 4, 8, 10])
        expect(fastest(() => bestSeats(seats, (label) => taken.has(label), { count }))).toBeLessThan(readingMs);
  });
});

const labelOf = (seat: Seat) => seat.label;

/** The fastest of several runs in milliseconds: the others were interrupted by something. */
function fastest(work: () => unknown): number {
  const runs = Array.from({ length: 15 }, () => {
    const startedAt = performance.now();
    work();
    return performance.now() - startedAt;
  });
  return Math.min(...runs);
}
