import { type SeatPlan, seatAt } from '@boxoffice/shared/seats';

/**
 * Takes the best seats that are left, side by side in one row: near the middle of the row, two thirds of
 * the way back, give or take a whim. When no row has so many left, takes fewer.
 *
 * @param taken labels of seats that are not to be had; those chosen are added
 * @returns labels; none when the hall is full
 */
export function bestSeats(
  hall: { totalSeats: number; seatsPerRow: number },
  taken: Set<string>,
  count: number,
  random: () => number,
): string[] {
  const plan: SeatPlan = { total_seats: hall.totalSeats, seats_per_row: hall.seatsPerRow };
  for (let size = count; size > 0; size--) {
    let best: string[] = [];
    let bestCost = Number.POSITIVE_INFINITY;
    for (let first = 0; first + size <= hall.totalSeats; first++) {
      const inRow = first % hall.seatsPerRow;
      if (inRow + size > hall.seatsPerRow) continue;
      const labels = Array.from({ length: size }, (_, i) => seatAt(first + i + 1, plan).label);
      if (labels.some((label) => taken.has(label))) continue;
      const fromMiddle = Math.abs(inRow + size / 2 - hall.seatsPerRow / 2);
      const fromBestRow = Math.abs(Math.floor(first / hall.seatsPerRow) - (hall.totalSeats / hall.seatsPerRow) * 0.65);
      const cost = fromMiddle + 0.8 * fromBestRow + 3 * random();
      if (cost < bestCost) [best, bestCost] = [labels, cost];
    }
    for (const label of best) taken.add(label);
    if (best.length > 0) return best;
  }
  return [];
}
