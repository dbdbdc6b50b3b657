import { firstIdAt } from '@boxoffice/shared/booking-id';
import type { DashboardView, QueuesView } from '@boxoffice/shared/contracts/dashboard';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

const admin = { user: 99, role: 'admin' } as const;
let boxoffice: Boxoffice;
let small: number;
let large: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  small = await boxoffice.addShow({ totalSeats: 10, startsAt: new Date(Date.now() + 3_600_000) });
  large = await boxoffice.addShow({ totalSeats: 50 });
  await boxoffice.addShow({ startsAt: new Date(Date.now() - 3_600_000) });
  await boxoffice.book(small, ['A1', 'A2'], { wait: 10 });
  await boxoffice.book(large, ['A1', 'A2', 'A3'], { wait: 10 });
  const { body: cancelled } = await boxoffice.book(large, ['B1', 'B2'], { wait: 10 });
  await boxoffice.cancel(cancelled.id);
});
afterAll(() => boxoffice.stop());

const dashboard = async (query = '') =>
  (await boxoffice.call<DashboardView>(`/api/admin/dashboard/${query}`, admin)).body;

test('sales per day: every day, with booked and cancelled seats', async () => {
  const { sales_per_day } = await dashboard('?days=3');
  expect(sales_per_day).toHaveLength(3);
  const total = (name: 'bookings' | 'seats' | 'cancelled_seats') =>
    sales_per_day.reduce((sum, day) => sum + day[name], 0);
  expect([total('bookings'), total('seats'), total('cancelled_seats')]).toEqual([2, 5, 2]);
  expect(sales_per_day.map(({ date }) => date)).toEqual(sales_per_day.map(({ date }) => date).sort());
});

test('sales per day: days begin at midnight in the requested time zone', async () => {
  // Booked at noon UTC on a past day: still that day in one zone, the next day in the other.
  const show = await boxoffice.addShow();
  const at = new Date(Date.now() - 5 * 86_400_000);
  at.setUTCHours(12, 0, 0, 0);
  await boxoffice.rows(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at)
     values (?, ?, 1, '{A1,A2,A3,A4}', 'booked', ?)`,
    [show, firstIdAt(at.getTime()), at.toISOString()],
  );
  const soldOn = async (zone: string) =>
    (await dashboard(`?days=10&time_zone=${zone}`)).sales_per_day.find(({ seats }) => seats === 4)?.date;
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10);
  expect(await soldOn('UTC')).toBe(day(at.getTime()));
  expect(await soldOn('Pacific/Kiritimati')).toBe(day(at.getTime() + 86_400_000));
  expect((await dashboard('?days=4')).sales_per_show.map(({ show_id }) => show_id)).not.toContain(show);
});

test('sales per show, best-selling first; fill of upcoming shows, by start', async () => {
  const { sales_per_show, fill_per_show } = await dashboard('?days=1');
  expect(sales_per_show.slice(0, 2)).toMatchObject([
    { show_id: large, bookings: 1, seats: 3, show: { movie: { title: 'The Last Reel' } } },
    { show_id: small, bookings: 1, seats: 2 },
  ]);
  expect(fill_per_show.slice(0, 2)).toMatchObject([
    { show: { id: small }, total_seats: 10, available_seats: 8 },
    { show: { id: large }, total_seats: 50, available_seats: 47 },
  ]);
});

test.each(['days=0', 'days=93', 'time_zone=Mars/Olympus', 'time_zone=%2B0530', 'time_zone=-00'])(
  '400: ?%s',
  async (query) => {
    expectProblem(await boxoffice.call(`/api/admin/dashboard/?${query}`, admin), 'validation_failed');
  },
);

test('queues: depth per partition and in total, and recent decision times', async () => {
  const { status, body } = await boxoffice.call<QueuesView>('/api/admin/queues/', admin);
  expect([status, body.partitions.length, body.waiting_jobs]).toEqual([200, 4, 0]);
  const { jobs, median, p95, slowest } = body.decision_seconds ?? { jobs: 0, median: 0, p95: 0, slowest: 0 };
  expect(jobs).toBeGreaterThanOrEqual(4);
  expect(median).toBeLessThanOrEqual(p95);
  expect(p95).toBeLessThanOrEqual(slowest);
  expect(slowest).toBeLessThan(10);
});

test('queues: an undecided job counts as waiting', async () => {
  const idle = await startBoxoffice({ workers: 0 });
  try {
    const show = await idle.addShow();
    await idle.book(show, 'A1');
    const { body } = await idle.call<QueuesView>('/api/admin/queues/', admin);
    expect(body).toMatchObject({ waiting_jobs: 1, decision_seconds: null });
    expect(body.partitions.find(({ waiting_jobs }) => waiting_jobs === 1)?.partition).toBe(show % 4);
    expect(body.oldest_seconds).toBeGreaterThanOrEqual(0);
  } finally {
    await idle.stop();
  }
});
