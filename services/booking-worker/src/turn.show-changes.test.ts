import { envelope } from '@boxoffice/testing/envelope';
import { closeShow } from '@boxoffice/testing/show-gate';
import { describe, expect, it } from 'vitest';
import { useTurnDatabase } from '../test/turn-database.ts';

const database = useTurnDatabase();

describe('a show that changes while a request for it is queued', () => {
  it('rejects the request with show_not_found when the show was deleted', async () => {
    const show = await database.addShow();
    await database.rows('delete from catalog.shows where id = ?', [show]);
    const [outcome] = await database.newTurns().decide(envelope(show, [{ seats: ['A1'] }]));
    expect(outcome).toMatchObject({ status: 'rejected', problem: { code: 'show_not_found' } });
  });

  it('rejects only the request whose seat no longer exists, and names the seat', async () => {
    const show = await database.addShow(20);
    await database.rows('update catalog.shows set total_seats = 10 where id = ?', [show]);
    const outcomes = await database.newTurns().decide(envelope(show, [{ seats: ['A1', 'B1'] }, { seats: ['A1'] }]));
    expect(outcomes).toMatchObject([
      { status: 'rejected', problem: { code: 'validation_failed', detail: expect.stringContaining('B1') } },
      { status: 'succeeded' },
    ]);
  });

  it('affects a turn that waited for the change to commit', async () => {
    const show = await database.addShow();
    const gate = await closeShow(database.admin, show);
    const decided = database.newTurns().decide(envelope(show, [{ seats: ['A1'] }]));
    await gate.reached(1);
    await gate.open('delete from catalog.shows where id = ?', [show]);
    expect(await decided).toMatchObject([{ status: 'rejected', problem: { code: 'show_not_found' } }]);
  });
});
