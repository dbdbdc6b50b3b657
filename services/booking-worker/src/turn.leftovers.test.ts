/** Turns for requests in a partition that their show no longer belongs to, while the show's own partition has an owner, too. */
import { turnLockClass } from '@boxoffice/shared/partition';
import { envelope } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { useTurnDatabase } from '../test/turn-database.ts';
import { BookingStore } from './store/booking-store.ts';

/** A partition that does not exist, whose queue is not empty. */
const leftover = 200;

const database = useTurnDatabase();
const setPartitions = (generation: number, partitions: number) =>
  database.rows('insert into installation.partitionings (generation, partitions) values (?, ?)', [
    ...[generation, partitions],
  ]);
beforeAll(() => setPartitions(0, 4));

it('decide no show at the same time as the owner of its partition', async () => {
  const show = await database.addShow();
  await database.setRules(show, 'max_seats_per_user = 1');
  const [hasRead, mayDecide] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  class SlowStore extends BookingStore {
    override decideAndCommit(...[batch, decide]: Parameters<BookingStore['decideAndCommit']>) {
      return super.decideAndCommit(batch, async (state) => {
        hasRead.resolve();
        await mayDecide.promise;
        return decide(state);
      });
    }
  }
  const owner = database.newTurns(new SlowStore(database.orm), show % 4);
  const byOwner = owner.decide(envelope(show, [{ seats: ['A1'] }]));
  await hasRead.promise;
  const leftBehind = database.newTurns(undefined, leftover).decide(envelope(show, [{ seats: ['B1'] }]));
  await Promise.race([database.blocked(), leftBehind]);
  mayDecide.resolve();
  expect(await Promise.all([byOwner, leftBehind])).toMatchObject([
    [{ status: 'succeeded' }],
    [{ status: 'rejected', problem: { code: 'limit_reached' } }],
  ]);
});

it('begin again when the number of partitions changes before they have the locks', async () => {
  let show = await database.addShow();
  while (show % 4 === show % 8) show = await database.addShow();
  const [before, after] = [await lockTurns(show % 4), await lockTurns(show % 8)];
  const decided = database.newTurns(undefined, leftover).decide(envelope(show, [{ seats: ['A1'] }]));
  await Promise.race([waitFor(show % 4), decided]);
  await setPartitions(1, 8);
  await before.release();
  await Promise.race([waitFor(show % 8), decided]);
  expect(await database.claimsOf(show)).toEqual([]);
  await after.release();
  expect(await decided).toMatchObject([{ status: 'succeeded' }]);
});

async function lockTurns(partition: number): Promise<{ release(): Promise<void> }> {
  const connection = database.admin.em.getConnection();
  const transaction = await connection.begin();
  await connection.execute('select pg_advisory_xact_lock(?, ?)', [turnLockClass, partition], 'all', transaction);
  let released: Promise<void> | undefined;
  const release = () => (released ??= connection.commit(transaction));
  onTestFinished(release);
  return { release };
}

/** Waits until a turn waits for the turns of this partition. */
async function waitFor(partition: number): Promise<void> {
  const sql = `select 1 from pg_locks where classid = ? and objid = ? and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  await eventually(async () => (await database.rows(sql, [turnLockClass, partition])).length > 0);
}
