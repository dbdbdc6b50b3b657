import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { envelope } from '@boxoffice/testing/envelope';
import { describe, expect, it } from 'vitest';
import { idOf, statuses, taken, useTurnDatabase } from '../test/turn-database.ts';
import { BookingStore } from './store/booking-store.ts';

const database = useTurnDatabase();

describe('a conflicting write by another worker', () => {
  /** Interrupts one turn, between reading and writing. */
  class InterruptedStore extends BookingStore {
    #meanwhile: (() => Promise<unknown>) | null;

    constructor(meanwhile: () => Promise<unknown>) {
      super(database.orm);
      this.#meanwhile = meanwhile;
    }

    override decideAndCommit(...[batch, decide]: Parameters<BookingStore['decideAndCommit']>): Promise<Outcome[]> {
      return super.decideAndCommit(batch, async (state) => {
        const meanwhile = this.#meanwhile;
        this.#meanwhile = null;
        await meanwhile?.();
        return decide(state);
      });
    }
  }

  it('makes the turn decide again when it has taken the seat', async () => {
    const show = await database.addShow();
    const rival = envelope(show, [{ seats: ['A1'], user: 2 }]);
    const turns = database.newTurns(new InterruptedStore(() => database.newTurns().decide(rival)));
    const outcomes = await turns.decide(envelope(show, [{ seats: ['A1', 'A2'] }, { seats: ['A2'] }]));
    expect(outcomes).toMatchObject([taken('A1'), { status: 'succeeded' }]);
    expect((await database.claimsOf(show))[0]).toEqual({ seat_number: 'A1', booking_id: idOf(rival) });
  });

  it('changes no outcome when the other worker runs the same job', async () => {
    const show = await database.addShow();
    const before = envelope(show, [{ seats: ['A1'] }]);
    await database.newTurns().decide(before);
    const requests = envelope(show, [{ cancel: idOf(before) }, { seats: ['A1'], user: 2 }, { seats: ['A1'], user: 3 }]);
    let first: Outcome[] = [];
    const rival = async () => (first = await database.newTurns().decide(requests));
    const second = await database.newTurns(new InterruptedStore(rival)).decide(requests);
    expect(statuses(second)).toEqual(['succeeded', 'succeeded', 'rejected']);
    expect(second).toEqual(first);
    expect(await database.claimsOf(show)).toEqual([{ seat_number: 'A1', booking_id: idOf(requests, 1) }]);
  });
});
