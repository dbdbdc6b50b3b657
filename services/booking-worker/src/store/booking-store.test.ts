import { openDatabase } from '@boxoffice/shared/database/orm';
import { envelope } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import { expect, it } from 'vitest';
import { useTurnDatabase } from '../../test/turn-database.ts';
import { BookingStore } from './booking-store.ts';

const database = useTurnDatabase();

it('ends the transaction when the decision throws, and gives the connection back', async () => {
  const show = await database.addShow();
  const orm = await openDatabase({ url: database.url, role: 'boxoffice_worker', poolSize: 1, pipeline: true });
  const store = new BookingStore(orm);
  const lease = { partition: 0, session: database.session };
  const batch = { requests: envelope(show, [{ seats: ['A1'] }]), leases: [lease] };
  const decide = () => {
    throw new Error('undecidable');
  };
  for (let attempt = 0; attempt < 2; attempt++)
    await expect(store.decideAndCommit(batch, decide)).rejects.toThrow('undecidable');
  await eventually(async () => (await openTransactions()).length === 0, { timeoutMs: 2_000 });
  expect(
    await store.decideAndCommit(batch, () => ({
      outcomes: [],
      changes: { made: [], changed: [], recorded: [], audited: [] },
    })),
  ).toEqual([]);
  expect(await openTransactions()).toEqual([]);
  await orm.close();
});

function openTransactions(): Promise<object[]> {
  return database.rows(
    `select pid from pg_stat_activity where application_name = 'boxoffice_worker' and xact_start is not null
      and datname = current_database()`,
  );
}
