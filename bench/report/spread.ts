import { percentile } from '@boxoffice/shared/percentile';

/** A figure over several rounds. */
export interface Spread {
  median: number;
  min: number;
  max: number;
  /** Each round's figure, in order. */
  rounds: number[];
}

/** Median (of an even number: the lower of the middle two), minimum and maximum of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: percentile(sorted, 50),
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    rounds: [...values],
  };
}

/**
 * The ratios of two figures, round by round. Figures of one round were measured under the same conditions; the machine
 * may be slower in another round.
 */
export function ratiosOf(figure: Spread, other: Spread): Spread {
  return spreadOf(figure.rounds.map((value, round) => value / (other.rounds[round] ?? other.median)));
}

/** The median of the ratios of each round. */
export function ratioOf(figure: Spread, other: Spread): number {
  return ratiosOf(figure, other).median;
}
