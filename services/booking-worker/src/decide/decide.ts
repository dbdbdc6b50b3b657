import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { RequestLog } from './request-log.ts';
import { SeatLedger } from './seat-ledger.ts';
import type { Decision, State } from './state.ts';

/**
 * Decides requests in the order in which they were accepted. Pure: the same requests and state give the
 * same decision. A request that has been decided before, and one whose Idempotency-Key belongs to another
 * request, gets the recorded outcome and changes nothing: a job may run any number of times.
 */
export function decide(requests: readonly BookingRequest[], state: State): Decision {
  const ledger = new SeatLedger(state);
  const log = new RequestLog(state, ledger);
  const outcomes = requests.map((request): Outcome => {
    const known = log.recordedOutcome(request) ?? log.outcomeOfKey(request);
    if (known) return known;
    const outcome = decideOne(request, ledger);
    log.record(request, outcome, request.key);
    return outcome;
  });
  return { outcomes, changes: { ...ledger.changes(), recorded: log.added, audited: ledger.audited } };
}

function decideOne(request: BookingRequest, ledger: SeatLedger): Outcome {
  switch (request.kind) {
    case 'book':
      return ledger.book(request);
    case 'hold':
      return ledger.hold(request);
    case 'confirm':
      return ledger.confirm(request);
    case 'cancel':
      return ledger.cancel(request);
    case 'pay':
      return ledger.pay(request);
  }
}

/** The outcome that an earlier run of this request has recorded; null when there is none. */
export function recordedOutcome(request: BookingRequest, state: State): Outcome | null {
  return new RequestLog(state, new SeatLedger(state)).recordedOutcome(request) ?? null;
}
