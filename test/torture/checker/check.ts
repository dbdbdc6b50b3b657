import type { History, Violation } from './history.ts';
import { checkHolds } from './holds.ts';
import { withVerdicts } from './online-shows.ts';
import { checkOutcomeRows } from './outcome-rows.ts';
import { checkOutcomes } from './outcomes.ts';
import { assignRows, checkRows } from './rows.ts';
import { checkSeats } from './seats.ts';
import { checkShowRules } from './show-rules.ts';
import { checkWaiting } from './waiting.ts';

/**
 * Holds a history against the promises. No violation is found in a history that a correct box office could have.
 *
 * @param calm whether nothing was wrong all through a stretch of time
 */
export function check(found: History, calm: (from: number, to: number) => boolean = () => true): Violation[] {
  const history = withVerdicts(found);
  const assigned = assignRows(history);
  return [
    ...checkOutcomes(history.operations),
    ...assigned.violations,
    ...checkRows(history, assigned),
    ...checkOutcomeRows(history, assigned),
    ...checkSeats(history, assigned),
    ...checkHolds(history, assigned),
    ...checkShowRules(history, assigned),
    ...checkWaiting(history, assigned, calm),
  ];
}
