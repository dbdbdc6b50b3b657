import { type Operation, type Outcome, sameOutcome, type Violation } from './history.ts';

/** Each accepted request has one outcome, which never changes and can always be asked for; a key has one request. */
export function checkOutcomes(operations: readonly Operation[]): Violation[] {
  return operations.flatMap((operation) => {
    const broken = (rule: string, text: string): Violation => ({
      rule,
      text: `${name(operation)} ${text}`,
      show: operation.show,
      seats: operation.seats,
      operations: [operation],
    });
    const violations: Violation[] = [];
    const outcomes = differentOutcomes(operation);
    const [first, second] = outcomes;
    if (operation.ids.length > 1)
      violations.push(broken('keys', `has one key and several jobs: ${operation.ids.join(', ')}`));
    if (first && second)
      violations.push(broken('outcomes', `changed its outcome: ${outcomes.map(words).join(', then ')}`));
    if (outcomes.some(({ status }) => status === 'failed'))
      violations.push(broken('outcomes', 'was accepted and failed by a fault of the system'));
    if (operation.accepted !== null && !first) violations.push(broken('outcomes', 'was accepted and got no outcome'));
    violations.push(...missing(operation, broken));
    return violations;
  });
}

/** An accepted request must be found by every later look-up. */
function missing(operation: Operation, broken: (rule: string, text: string) => Violation): Violation[] {
  const accepted = operation.accepted ?? Number.POSITIVE_INFINITY;
  const lost = operation.sightings.find(({ what, asked }) => what === 'unknown job' && asked >= accepted);
  if (!lost) return [];
  return lost.by === 'booking'
    ? [broken('committed before spoken', 'was answered as booked, and its booking was not there')]
    : [broken('outcomes', 'was accepted, and its job was not found')];
}

function differentOutcomes(operation: Operation): Outcome[] {
  const different: Outcome[] = [];
  for (const { what } of operation.sightings) {
    if (typeof what === 'object' && !different.some((known) => sameOutcome(known, what))) different.push(what);
  }
  return different;
}

const words = ({ status, code }: Outcome) => (code ? `${status} (${code})` : status);

/** How an operation is called in a sentence. */
export function name({ kind, seats, best, user, ids }: Operation): string {
  const wish = typeof best === 'number' ? `the best ${best}` : seats.join(' ');
  return `${kind} ${wish} by user ${user}${ids[0] ? ` (${ids[0]})` : ''}`;
}
