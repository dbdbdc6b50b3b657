import type { History, Operation, OutcomeRow } from './history.ts';

/** An outcome that was decided at its time, and the operation that asked for it, if that is known. */
export interface Decision {
  outcome: OutcomeRow;
  asked: Operation | undefined;
}

/** The recorded outcomes without those that only repeat the outcome of the request that had the key first. */
export function decisionsOf({ operations, outcomes }: Pick<History, 'operations' | 'outcomes'>): Decision[] {
  const byRequest = new Map(operations.flatMap((operation) => operation.ids.map((id) => [id, operation])));
  const keyed = new Set(operations.flatMap((operation) => (operation.key === null ? [] : [askerOf(operation)])));
  return outcomes
    .filter((outcome) => outcome.key !== null || !keyed.has(askerOf(outcome)))
    .map((outcome) => ({ outcome, asked: byRequest.get(outcome.id) }));
}

/** Each buyer is a user of its own, so this tells almost every request from every other. */
export const askerOf = ({ show, user, kind }: Operation | OutcomeRow): string => `${show} ${user} ${kind}`;
