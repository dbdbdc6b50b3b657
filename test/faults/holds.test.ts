import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import type { SpawnedService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
});
afterAll(() => boxoffice.stop());

async function killed(worker: SpawnedService | undefined): Promise<void> {
  worker?.kill('SIGKILL');
  await worker?.exited;
}

const countOf = async (show: number, status: string) => {
  const sql = 'select count(*)::int as count from booking.bookings where show_id = ? and status = ?';
  return (await boxoffice.rows<{ count: number }>(sql, [show, status]))[0]?.count ?? 0;
};

it('a hold survives the death of the worker, and so does its confirmation', async () => {
  const show = await boxoffice.addShow();
  const { body: held } = await boxoffice.hold(show, ['A1', 'A2']);
  expect(await boxoffice.outcome(held.id)).toMatchObject({ booking: { status: 'held' } });
  await killed(boxoffice.workers[0]);
  const confirmed = await boxoffice.confirm(held.id, { wait: 0 });
  const rival = await boxoffice.book(show, 'A2', { user: 2 });
  expect([confirmed.status, rival.status]).toEqual([202, 202]);
  const worker = await boxoffice.addWorker();
  expect(await boxoffice.outcome(confirmed.body.id)).toMatchObject({ status: 'succeeded', booking: { id: held.id } });
  expect(await boxoffice.outcome(rival.body.id, { user: 2 })).toMatchObject({ problem: { code: 'seat_taken' } });
  await killed(worker);
});

it('holds that end while no worker is alive, and one that dies in mid-expiry, all expire once', async () => {
  const show = await boxoffice.addShow({ totalSeats: 3_000, seatsPerRow: 100 });
  await boxoffice.rows(
    `with held as (
       insert into booking.bookings (show_id, id, user_id, seats, status, created_at, expires_at)
       select ?, gen_random_uuid(), 1, array[chr(65 + n / 100) || (n % 100 + 1)], 'held', now(), now() - (2500 - n) * interval '1 ms' from generate_series(0, 2499) as n
       returning *)
     insert into booking.seat_claims (show_id, seat_number, booking_id, user_id, expires_at)
     select show_id, seats[1], id, user_id, expires_at from held`,
    [show],
  );
  // The worker gets stuck in the middle of its sixth transaction.
  const connection = boxoffice.orm.em.getConnection();
  const lock = await connection.begin();
  const lockSql = "select 1 from booking.bookings where show_id = ? and seats = '{L1}' for update";
  await connection.execute(lockSql, [show], 'all', lock);
  const first = await boxoffice.addWorker();
  await eventually(async () => (await countOf(show, 'expired')) === 1_000);
  const blocked = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
  await eventually(async () => (await boxoffice.rows(blocked)).length > 0);
  await killed(first);
  expect(await countOf(show, 'expired')).toBe(1_000);
  await connection.rollback(lock);
  await boxoffice.addWorker();
  await eventually(async () => (await countOf(show, 'expired')) === 2_500);
  expect(await boxoffice.rows('select 1 from booking.seat_claims where show_id = ?', [show])).toEqual([]);
  const { body } = await boxoffice.hold(show, { best: { count: 4 } });
  expect(await boxoffice.outcome(body.id)).toMatchObject({ status: 'succeeded' });
});
