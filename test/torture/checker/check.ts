import type { History, Violation } from './history.ts';
import { checkOutcomes } from './outcomes.ts';
import { assignRows, checkRows } from './rows.ts';
import { checkSeats } from './seats.ts';

/** Holds a history against the promises. No violation is found in a history that a correct box office could have. */
export function check(history: History): Violation[] {
  const assigned = assignRows(history);
  return [
    ...checkOutcomes(history.operations),
    ...assigned.violations,
    ...checkRows(history, assigned),
    ...checkSeats(history, assigned),
  ];
}
