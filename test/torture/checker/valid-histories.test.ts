/** Histories that a correct box office can have, with whatever timing: none of them may be accused. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from './check.ts';
import type { BookingRow, History, Operation, Outcome, OutcomeRow, Show } from './history.ts';

const seats = ['A1', 'A2', 'A3'];

/** One request as it will come to the sequential box office, and how far its call and answer are from that. */
const Step = fc.record({
  kind: fc.constantFrom('book', 'book', 'cancel', 'hold', 'hold', 'replace', 'confirm', 'close'),
  seats: fc.subarray(seats, { minLength: 1, maxLength: 2 }),
  which: fc.nat(10),
  before: fc.integer({ min: 0, max: 30 }),
  after: fc.integer({ min: 0, max: 30 }),
  unanswered: fc.boolean(),
  keyed: fc.boolean(),
});
/** A hold ends between two decisions. */
const holdLasts = 25;
type Step = typeof Step extends fc.Arbitrary<infer Value> ? Value : never;

/** The sequential model. It decides at times 10, 20, …; calls and answers lie before and after those. */
class BoxOffice {
  readonly operations: Operation[] = [];
  readonly rows: BookingRow[] = [];
  readonly outcomes: OutcomeRow[] = [];
  #cancellation: Show['cancellation'] = null;
  #now = 0;

  take(step: Step, index: number): void {
    const at = (index + 1) * 10;
    this.#now = at;
    if (step.kind === 'close') this.#close(step, at);
    else if (step.kind === 'cancel' || step.kind === 'confirm') this.#change(step, at, step.kind);
    else this.#sell(step, at);
  }

  history(): History {
    this.#now += 1_000;
    for (const row of this.rows) if (this.#hasEnded(row)) row.status = 'expired';
    const live = this.rows.filter(({ status }) => status === 'booked');
    const claims = live.flatMap(({ id, show, seats }) => seats.map((seat) => ({ show, seat, booking: id })));
    const shows = [{ id: 1, price: null, limit: null, isOnline: false, cancellation: this.#cancellation }];
    const { operations, outcomes } = this;
    return { operations, bookings: this.rows, claims, outcomes, verdicts: [], shows, readAt: this.#now };
  }

  #hasEnded = ({ status, expires }: BookingRow) => status === 'held' && expires !== null && expires <= this.#now;

  #holderOf(seat: string): BookingRow | undefined {
    return this.rows.find(
      (row) => row.seats.includes(seat) && (row.status === 'booked' || (row.status === 'held' && !this.#hasEnded(row))),
    );
  }

  #sell(step: Step, at: number): void {
    const kind = step.kind === 'book' ? 'book' : 'hold';
    const replaces = step.kind === 'replace';
    const mine = replaces ? this.rows.filter((row) => row.status === 'held' && !this.#hasEnded(row)) : [];
    const replaced = mine[step.which % Math.max(1, mine.length)];
    const user = replaced?.user;
    const own = mine.filter((row) => row.user === user);
    const taken = step.seats.filter((seat) => {
      const holder = this.#holderOf(seat);
      return holder && !own.includes(holder);
    });
    const code = this.#cancellation ? 'show_cancelled' : taken.length > 0 ? 'seat_taken' : null;
    const expires = kind === 'hold' ? at + holdLasts : null;
    const outcome: Outcome =
      code === null
        ? { status: 'succeeded', ...(expires !== null && { expires }) }
        : { status: 'rejected', code, ...(code === 'seat_taken' && { taken }) };
    const asked = { kind, seats: step.seats, target: null, replaces, ...(user !== undefined && { user }) } as const;
    const operation = this.#note(step, at, outcome, asked);
    if (code !== null) return;
    for (const row of own)
      Object.assign(row, { status: 'cancelled', cancelled: at, cancelReason: 'Replaced by another' });
    for (const row of this.rows)
      if (this.#hasEnded(row) && row.seats.some((seat) => step.seats.includes(seat))) row.status = 'expired';
    this.rows.push({
      ...{ id: `id-${operation.number}`, show: 1, user: operation.user, seats: step.seats, decided: at, expires },
      ...{ status: kind === 'hold' ? 'held' : 'booked', cancelledBy: null, confirmedBy: null, cancelled: null },
      ...{ cancelReason: null, paid: false, total: null, currency: null, payment: null, heldUntil: null },
    });
  }

  /** Changes a booking whose id its owner already knows: without the id nobody can. */
  #change(step: Step, at: number, kind: 'cancel' | 'confirm'): void {
    const known = this.rows.filter(({ id }) => {
      const accepted = this.operations.find(({ ids }) => ids.includes(id))?.accepted;
      return accepted !== undefined && accepted !== null && accepted <= at;
    });
    const row = known[step.which % Math.max(1, known.length)];
    if (!row) return;
    const told = this.operations.find(({ ids }) => ids.includes(row.id))?.accepted ?? 0;
    const before = Math.min(step.before, at - told);
    const code = kind === 'cancel' ? this.#refusalOfCancelling(row) : this.#refusalOfConfirming(row);
    const outcome: Outcome = code === null ? { status: 'succeeded' } : { status: 'rejected', code };
    const asked = { kind, seats: row.seats, target: row.id, user: row.user } as const;
    const { number } = this.#note({ ...step, before }, at, outcome, asked);
    if (code !== null || row.status === 'cancelled') return;
    if (kind === 'cancel') Object.assign(row, { status: 'cancelled', cancelled: at, cancelledBy: `id-${number}` });
    else if (row.status !== 'booked') Object.assign(row, { status: 'booked', confirmedBy: `id-${number}` });
  }

  #refusalOfCancelling = (row: BookingRow) => (row.status === 'expired' || this.#hasEnded(row) ? 'hold_expired' : null);

  #refusalOfConfirming(row: BookingRow): string | null {
    if (this.#cancellation) return 'show_cancelled';
    if (row.status === 'booked') return null;
    if (row.status === 'cancelled') return 'hold_expired';
    if (row.status === 'held' && !this.#hasEnded(row)) return null;
    return row.seats.some((seat) => this.#holderOf(seat)) ? 'hold_expired' : null;
  }

  /** Rarely: nothing is sold afterwards. */
  #close(step: Step, at: number): void {
    if (this.#cancellation || step.which > 0) return;
    this.#cancellation = {
      called: at - step.before,
      accepted: step.unanswered ? null : at + step.after,
      reason: 'broken',
    };
    for (const row of this.rows)
      if (row.status === 'booked' || (row.status === 'held' && !this.#hasEnded(row)))
        Object.assign(row, { status: 'cancelled', cancelled: at, cancelReason: 'broken' });
  }

  #note(
    step: Step,
    at: number,
    outcome: Outcome,
    more: Pick<Operation, 'kind' | 'seats' | 'target'> & { user?: number; replaces?: boolean },
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
    if (step.keyed || more.target !== null || !succeeded)
      this.outcomes.push({
        ...{ id: `id-${number}`, show: 1, user: operation.user, kind: more.kind, status: outcome.status },
        ...{ code: outcome.code ?? null, booking: succeeded ? (more.target ?? `id-${number}`) : null },
        ...{ key: operation.key && `hash of ${operation.key}`, decided: at, taken: outcome.taken ?? null },
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
