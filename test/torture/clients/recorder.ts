import { type Operation, type Outcome, outcomeOf, type Sighting, type Violation } from '../checker/history.ts';
import { now } from './now.ts';
import type { Reading } from './reading.ts';

/** Records what the clients of one round observe. */
export class Recorder {
  readonly operations: Operation[] = [];
  /** Violations visible in a single answer: too late, or unexpected. */
  readonly violations: Violation[] = [];
  /** Called when a request is first seen to be decided: outages are measured from it. */
  onSuccess: (success: { show: number; called: number; told: number }) => void = () => undefined;
  readonly #cancels = new Map<string, Operation[]>();
  #count = 0;

  /** The cancellations of a booking so far. */
  cancelsOf(bookingId: string): readonly Operation[] {
    return this.#cancels.get(bookingId) ?? [];
  }

  open(asked: Pick<Operation, 'kind' | 'show' | 'user' | 'seats' | 'target' | 'key'>): Operation {
    const operation: Operation = {
      ...asked,
      number: ++this.#count,
      called: now(),
      accepted: null,
      ids: [],
      possibleIds: [],
      unknown: 0,
      sightings: [],
      waits: [],
    };
    this.operations.push(operation);
    if (asked.target !== null) this.#cancels.set(asked.target, [...this.cancelsOf(asked.target), operation]);
    return operation;
  }

  /** Records the result of one attempt. */
  placed(operation: Operation, reading: Reading, at: { asked: number; gateway: number }): void {
    const told = now();
    if (reading.says === 'accepted') {
      operation.accepted = Math.min(operation.accepted ?? told, told);
      // A 201 names the booking, which for a late duplicate of a keyed request is the first one's.
      const isBooking = typeof reading.what === 'object' && reading.what.booking === reading.id;
      const isNews = reading.id && !operation.ids.includes(reading.id) && !(isBooking && operation.ids.length > 0);
      if (reading.id && isNews) operation.ids.push(reading.id);
      this.saw(operation, reading.what, { ...at, by: 'answer' });
    } else if (reading.says === 'unknown') {
      operation.unknown++;
      if (reading.possibleId) operation.possibleIds.push(reading.possibleId);
    } else if (reading.says === 'nonsense') {
      operation.unknown++;
      this.violate('answers', `an unexpected answer: ${reading.text}`, operation);
    }
  }

  /** Records the state of a request at the time of a query. */
  saw(
    operation: Operation,
    what: Outcome | 'pending' | 'unknown job',
    at: { asked: number; gateway: number; by: Sighting['by'] },
  ): void {
    const told = now();
    const isNews = outcomeOf(operation) === null;
    operation.sightings.push({ ...at, told, what });
    if (typeof what !== 'object' || what.status === 'failed' || !isNews) return;
    this.onSuccess({ show: operation.show, called: operation.called, told });
  }

  violate(rule: string, text: string, operation?: Operation): void {
    this.violations.push({
      rule,
      text,
      at: now(),
      ...(operation && { show: operation.show, seats: operation.seats, operations: [operation] }),
    });
  }
}
