import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { envelope } from '@boxoffice/testing/envelope';
import { describe, expect, it } from 'vitest';
import { idOf, statuses, useTurnDatabase } from '../test/turn-database.ts';
import { BookingStore } from './store/booking-store.ts';

const database = useTurnDatabase();

/** Commits a turn whose answer is lost, and cannot decide again what it has committed. */
class LosingStore extends BookingStore {
  #committed = new Set<string>();

  constructor() {
    super(database.orm);
  }

  override async decideAndCommit(...[batch, decide]: Parameters<BookingStore['decideAndCommit']>): Promise<Outcome[]> {
    if (batch.requests.some(({ id }) => this.#committed.has(id)))
      throw Object.assign(new Error('invalid input'), { code: '22P02' });
    await super.decideAndCommit(batch, decide);
    for (const { id } of batch.requests) this.#committed.add(id);
    throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  }
}

describe('a request whose commit succeeded although its answer was lost', () => {
  it('keeps its booking, and is not recorded as failed', async () => {
    const show = await database.addShow();
    const requests = envelope(show, [{ seats: ['A1'] }, { seats: ['A1'], user: 2 }, { seats: ['A2'], user: 2 }]);
    const outcomes = await database.newTurns(new LosingStore()).decide(requests);
    expect(statuses(outcomes)).toEqual(['succeeded', 'rejected', 'succeeded']);
    expect(await database.newTurns().decide(requests)).toEqual(outcomes);
    expect(
      await database.rows("select 1 from booking.requests where show_id = ? and status = 'failed'", [show]),
    ).toEqual([]);
  });

  it('keeps its cancellation', async () => {
    const show = await database.addShow();
    const booked = envelope(show, [{ seats: ['A1'] }]);
    await database.newTurns().decide(booked);
    const cancel = envelope(show, [{ cancel: idOf(booked) }]);
    const outcomes = await database.newTurns(new LosingStore()).decide(cancel);
    expect(statuses(outcomes)).toEqual(['succeeded']);
    expect(await database.newTurns().decide(cancel)).toEqual(outcomes);
  });

  it('keeps its hold, confirmation, replacement and payment: a second run repeats them and changes nothing', async () => {
    const show = await database.addShow();
    await database.setRules(show, `payment = 'counter', prices = '{"standard": 950}', currency = 'EUR'`);
    const hold = envelope(show, [
      { hold: ['A1'], user: 5 },
      { hold: { count: 2 }, user: 6 },
    ]);
    const replace = envelope(show, [{ hold: ['A2'], user: 5, replace: true }]);
    const confirm = envelope(show, [{ confirm: idOf(replace), user: 5 }]);
    const pay = envelope(show, [{ pay: idOf(replace), user: 42 }]);
    for (const requests of [hold, replace, confirm, pay]) {
      const outcomes = await database.newTurns(new LosingStore()).decide(requests);
      expect(statuses(outcomes)).toEqual(requests.map(() => 'succeeded'));
      const contents = await database.contentsOf(show);
      expect(await database.newTurns().decide(requests)).toEqual(outcomes);
      expect(await database.contentsOf(show)).toEqual(contents);
    }
    expect(await database.rows('select 1 from booking.audit_lines where show_id = ?', [show])).toHaveLength(1);
    expect(await database.newTurns().decide([...hold, ...replace])).toMatchObject(
      [...hold, ...replace].map(({ id }) => ({ id, status: 'succeeded', booking: { id, status: 'held' } })),
    );
  });
});

describe('a failure', () => {
  const key = { hash: 'AAAA', fingerprint: 'BBBB' };
  const failedRow = (request: BookingRequest) => ({
    ...{ showId: request.show_id, id: request.id, userId: request.user_id, kind: request.kind },
    ...{ status: 'failed' as const, bookingId: null, problem: null, key },
  });
  const lease = () => ({ partition: 0, session: database.session });

  it('is recorded without its key when that belongs to another request, also when both are recorded at once', async () => {
    const show = await database.addShow();
    const requests = envelope(show, [{ seats: ['A1'] }, { seats: ['A2'] }]);
    const store = new BookingStore(database.orm);
    for (const request of requests) await store.commitFailure(failedRow(request), lease());
    // Again, as after a lost answer.
    for (const request of requests) await store.commitFailure(failedRow(request), lease());
    const rows = await database.rows<{ id: string; keyed: boolean }>(
      'select id, key_hash is not null as keyed from booking.requests where show_id = ? order by id',
      [show],
    );
    expect(rows).toEqual([
      { id: idOf(requests, 0), keyed: true },
      { id: idOf(requests, 1), keyed: false },
    ]);
  });

  it('does not conflict with a rival that records the key after it was looked up', async () => {
    const show = await database.addShow();
    const [request, rival] = envelope(show, [{ seats: ['A1'] }, { seats: ['A2'] }]) as [BookingRequest, BookingRequest];
    const connection = database.admin.em.getConnection();
    const change = await connection.begin();
    await connection.execute(
      `insert into booking.requests (show_id, id, user_id, kind, status, key_hash, fingerprint, decided_at)
       values (?, ?, 1, 'book', 'failed', decode(?, 'base64'), decode(?, 'base64'), now())`,
      [show, rival.id, key.hash, key.fingerprint],
      'all',
      change,
    );
    const recording = new BookingStore(database.orm).commitFailure(failedRow(request), lease());
    await database.blocked();
    await connection.commit(change);
    await recording;
    expect(await database.rows('select key_hash from booking.requests where id = ?', [request.id])).toEqual([
      { key_hash: null },
    ]);
  });
});
