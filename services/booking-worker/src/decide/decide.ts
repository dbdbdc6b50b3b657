import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import { SeatLedger } from './seat-ledger.ts';
import type { Decision, State } from './state.ts';

/**
 * Decides requests in the order in which they were accepted. Pure: the same requests and state give the
 * same decision. So does a second run over what the first one wrote: it restores the state to before
 * the requests, decides again, and leaves out of `changes` what is already stored. That makes a job that
 * runs twice harmless, to winners and to losers.
 *
 * @param following the requests behind these in the same envelope, when it is decided request by
 *   request: what they changed in an earlier run is undone too
 */
export function decide(
  requests: readonly BookingRequest[],
  state: State,
  following: readonly BookingRequest[] = [],
): Decision {
  const undecided = new Set([...requests, ...following].map((request) => request.id));
  const ledger = new SeatLedger(state, undecided);
  const outcomes = requests.map((request) => (request.kind === 'book' ? ledger.book(request) : ledger.cancel(request)));
  return { outcomes, changes: ledger.changes() };
}
