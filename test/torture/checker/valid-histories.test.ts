/** Histories that a correct box office can have, with whatever timing: none of them may be accused. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from './check.ts';
import type { BookingRow, History, Operation, Outcome, OutcomeRow } from './history.ts';

const seats = ['A1', 'A2', 'A3'];

/** One request as it will come to the sequential box office, and how far its call and answer are from that. */
const Step = fc.record({
  kind: fc.constantFrom('book', 'book', 'cancel'),
  seats: fc.subarray(seats, { minLength: 1, maxLength: 2 }),
  which: fc.nat(10),
  before: fc.integer({ min: 0, max: 30 }),
  after: fc.integer({ min: 0, max: 30 }),
  unanswered: fc.boolean(),
  keyed: fc.boolean(),
});
type Step = typeof Step extends fc.Arbitrary<infer Value> ? Value : never;

/** The sequential model. It decides at times 10, 20, …; calls and answers lie before and after those. */
class BoxOffice {
  readonly operations: Operation[] = [];
  readonly rows: BookingRow[] = [];
  readonly outcomes: OutcomeRow[] = [];
  readonly #holders = new Map<string, BookingRow>();

  take(step: Step, index: number): void {
    const at = (index + 1) * 10;
    if (step.kind === 'book') this.#book(step, at);
    else this.#cancel(step, at);
  }

  history(): History {
    const claims = [...this.#holders].map(([seat, { id, show }]) => ({ show, seat, booking: id }));
    return { operations: this.operations, bookings: this.rows, claims, outcomes: this.outcomes };
  }

  #book(step: Step, at: number): void {
    const taken = step.seats.filter((seat) => this.#holders.has(seat));
    const outcome: Outcome =
      taken.length > 0 ? { status: 'rejected', code: 'seat_taken', taken } : { status: 'succeeded' };
    const operation = this.#note(step, at, outcome, { kind: 'book', seats: step.seats, target: null });
    if (taken.length > 0) return;
    const row: BookingRow = {
      id: `id-${operation.number}`,
      show: 1,
      user: operation.user,
      seats: step.seats,
      status: 'booked',
      cancelledBy: null,
      decided: at,
    };
    this.rows.push(row);
    for (const seat of step.seats) this.#holders.set(seat, row);
  }

  /** Cancels a booking whose id its owner already knows: without the id nobody can cancel. */
  #cancel(step: Step, at: number): void {
    const known = this.rows.filter(({ id }) => {
      const accepted = this.operations.find(({ ids }) => ids.includes(id))?.accepted;
      return accepted !== undefined && accepted !== null && accepted <= at;
    });
    const row = known[step.which % Math.max(1, known.length)];
    if (!row) return;
    const told = this.operations.find(({ ids }) => ids.includes(row.id))?.accepted ?? 0;
    const before = Math.min(step.before, at - told);
    this.#note(
      { ...step, before },
      at,
      { status: 'succeeded' },
      { kind: 'cancel', seats: row.seats, target: row.id, user: row.user },
    );
    if (row.status === 'cancelled') return;
    row.status = 'cancelled';
    row.cancelledBy = `id-${this.operations.length}`;
    for (const seat of row.seats) this.#holders.delete(seat);
  }

  #note(
    step: Step,
    at: number,
    outcome: Outcome,
    more: Pick<Operation, 'kind' | 'seats' | 'target'> & { user?: number },
  ): Operation {
    const number = this.operations.length + 1;
    const called = at - step.before;
    const accepted = step.unanswered ? null : at + step.after;
    const operation: Operation = {
      number,
      show: 1,
      user: number,
      key: step.keyed ? `k${number}` : null,
      called,
      accepted,
      ids: step.unanswered ? [] : [`id-${number}`],
      possibleIds: [],
      unknown: step.unanswered ? 1 : 0,
      sightings: step.unanswered
        ? []
        : [{ asked: called, told: at + step.after, what: outcome, by: 'answer', gateway: 0 }],
      waits: [],
      ...more,
    };
    this.operations.push(operation);
    const succeeded = outcome.status === 'succeeded';
    if (step.keyed || more.kind === 'cancel' || !succeeded)
      this.outcomes.push({
        ...{ id: `id-${number}`, show: 1, user: operation.user, kind: more.kind, status: outcome.status },
        ...{ code: outcome.code ?? null, booking: succeeded ? (more.target ?? `id-${number}`) : null },
        key: operation.key && `hash of ${operation.key}`,
      });
    return operation;
  }
}

test('accuses no history of a correct box office', () => {
  const steps = fc.array(Step, { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(steps, (list) => {
      const office = new BoxOffice();
      for (const [index, step] of list.entries()) office.take(step, index);
      expect(check(office.history())).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

test('accuses the same histories when one refusal is reported as a success', () => {
  const steps = fc.array(Step, { minLength: 5, maxLength: 40 });
  let turned = 0;
  fc.assert(
    fc.property(steps, fc.nat(), (list, which) => {
      const office = new BoxOffice();
      // Nobody overlaps, so that the order leaves no choice.
      for (const [index, step] of list.entries())
        office.take({ ...step, before: 1, after: 1, unanswered: false }, index);
      const history = office.history();
      const refused = history.operations.filter(
        ({ sightings: [first] }) => (first?.what as Outcome | undefined)?.code === 'seat_taken',
      );
      const victim = refused[which % Math.max(1, refused.length)];
      if (!victim?.sightings[0]) return;
      turned++;
      victim.sightings[0].what = { status: 'succeeded' };
      expect(check(history)).not.toEqual([]);
    }),
  );
  expect(turned).toBeGreaterThan(10);
});
