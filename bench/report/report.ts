import type { GoalResult } from './goal-results.ts';
import type { Measurements } from './measurements.ts';

/** The results of a benchmark, as written to the JSON file. */
export interface Report extends Measurements {
  goals: GoalResult[];
}
