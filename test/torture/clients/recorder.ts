import {
  type Kind,
  type Operation,
  type Outcome,
  outcomeOf,
  type Sighting,
  type Violation,
} from '../checker/history.ts';
import type { PaymentSighting } from '../checker/money-history.ts';
import { now } from './now.ts';
import type { Reading } from './reading.ts';

/** What is known of a request that has not been sent yet. */
const unanswered: Pick<Operation, 'accepted' | 'ids' | 'possibleIds' | 'unknown' | 'sightings' | 'waits'> = {
  ...{ accepted: null, ids: [], possibleIds: [], unknown: 0, sightings: [], waits: [] },
};

/** Records what the clients of one round observe. */
export class Recorder {
  readonly operations: Operation[] = [];
  /** What clients were told about payments. */
  readonly payments: PaymentSighting[] = [];
  /** Violations visible in a single answer: too late, or unexpected. */
  readonly violations: Violation[] = [];
  /** Called when a request is first seen to be decided: outages are measured from it. */
  onSuccess: (success: { show: number; called: number; told: number }) => void = () => undefined;
  readonly #changes = new Map<string, Operation[]>();
  readonly #replacements = new Set<string>();
  #count = 0;

  /** The requests so far to change a booking in this way. */
  changesOf(kind: Kind, bookingId: string): readonly Operation[] {
    return (this.#changes.get(bookingId) ?? []).filter((operation) => operation.kind === kind);
  }

  /** Whether this user has asked for a hold that replaces the others. */
  mayHaveReplaced({ show, user }: Pick<Operation, 'show' | 'user'>): boolean {
    return this.#replacements.has(`${show} ${user}`);
  }

  open(asked: Omit<Operation, keyof typeof unanswered | 'number' | 'called'>): Operation {
    const operation: Operation = {
      ...asked,
      number: ++this.#count,
      called: now(),
      ...structuredClone(unanswered),
    };
    this.operations.push(operation);
    if (asked.target !== null) this.#changes.set(asked.target, [...(this.#changes.get(asked.target) ?? []), operation]);
    if (asked.replaces) this.#replacements.add(`${asked.show} ${asked.user}`);
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
