import type { AdminBookingView } from '@boxoffice/shared/contracts/booking';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Page {
  count: number;
  next: string | null;
  results: AdminBookingView[];
}

const admin = { user: 99, role: 'admin' } as const;
let boxoffice: Boxoffice;
let shows: number[];
let ada: number;
let bob: number;
/** The user whose bookings are cancelled here; those of other users are left alone. */
let cyd: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  [ada, bob, cyd] = (await Promise.all(['ada', 'bob', 'cyd'].map(signUp))) as [number, number, number];
  shows = [await boxoffice.addShow(), await boxoffice.addShow()];
  const [first = 0, second = 0] = shows;
  await boxoffice.book(first, 'A1', { user: ada, wait: 10 });
  await boxoffice.book(first, 'A2', { user: bob, wait: 10 });
  await boxoffice.book(second, ['A1', 'A2'], { user: ada, wait: 10 });
});
afterAll(() => boxoffice.stop());

test('200: the bookings of all users, newest first, each with show, movie and user', async () => {
  const { count, results: all } = await list();
  expect(count).toBe(all.length);
  const results = all.filter((booking) => shows.includes(booking.show_id));
  expect(results.map(({ show_id, user }) => [show_id, user?.username])).toEqual([
    [shows[1], 'ada'],
    [shows[0], 'bob'],
    [shows[0], 'ada'],
  ]);
  expect(results[0]).toMatchObject({
    seats: ['A1', 'A2'],
    status: 'booked',
    show: { id: shows[1], movie: { title: 'The Last Reel' } },
    user: { id: ada, username: 'ada' },
  });
});

test('200: filtered by user, show and status, separately and combined', async () => {
  expect((await list(`?user_id=${ada}`)).count).toBe(2);
  expect((await list('?username=ADA')).count).toBe(2);
  expect((await list(`?username=bob&show_id=${shows[0]}`)).results.map(({ seats }) => seats)).toEqual([['A2']]);
  expect((await list('?username=nobody')).count).toBe(0);
  expect((await list(`?show_id=${shows[0]}`)).count).toBe(2);
  expect((await list(`?show_id=${shows[0]}&user_id=${bob}`)).results.map(({ seats }) => seats)).toEqual([['A2']]);
  expect((await list(`?show_id=${shows[0]}&status=cancelled`)).count).toBe(0);
  const page = await list(`?user_id=${ada}&page_size=1`);
  expect(page.next).toBe(`${boxoffice.publicUrl}/api/admin/bookings/?user_id=${ada}&page_size=1&page=2`);
});

test('200: one booking', async () => {
  const [booking] = (await list(`?user_id=${bob}`)).results;
  expect(await boxoffice.call(`/api/admin/bookings/${booking?.id}/`, admin)).toMatchObject({
    status: 200,
    body: booking,
  });
});

test.each(['user_id=0', 'user_id=x', 'show_id=2147483648', 'status=gone', 'page=0', 'code=', 'code=A%00B', 'code=%27'])(
  '400: ?%s',
  async (query) => {
    expectProblem(await boxoffice.call(`/api/admin/bookings/?${query}`, admin), 'validation_failed');
  },
);

test.each([
  ['POST', '/cancel/'],
  ['DELETE', '/'],
])("200: %s …%s cancels any user's booking; idempotent", async (method, end) => {
  const show = await boxoffice.addShow();
  const { body: booking } = await boxoffice.book(show, 'A1', { user: cyd, wait: 10 });
  const path = `/api/admin/bookings/${booking.id}${end}`;
  const first = await boxoffice.call(path, { method, ...admin });
  expect(first.status).toBe(200);
  expect(first.body).toEqual({ ...booking, status: 'cancelled', cancelled_at: expect.any(String) });
  const again = await boxoffice.call(path, { method, ...admin });
  expect([again.status, again.body]).toEqual([200, first.body]);
  // Its owner sees it, and the seat is free.
  expect((await boxoffice.call(`/api/bookings/${booking.id}/`, { user: cyd })).body).toEqual(first.body);
  expect((await boxoffice.cancel(booking.id, { user: cyd })).body).toEqual(first.body);
  expect((await boxoffice.book(show, 'A1', { user: cyd, wait: 10 })).status).toBe(201);
  expect((await list(`?status=cancelled&show_id=${show}`)).count).toBe(1);
});

test('202: an administrator who does not wait can retrieve the job', async () => {
  const show = await boxoffice.addShow();
  const { body: booking } = await boxoffice.book(show, 'A1', { user: cyd, wait: 10 });
  const path = `/api/admin/bookings/${booking.id}/cancel/`;
  const accepted = await boxoffice.call(path, { method: 'POST', ...admin, headers: { prefer: 'respond-async' } });
  expect(accepted.status).toBe(202);
  expect(await boxoffice.outcome(accepted.body.id, { user: admin.user })).toMatchObject({
    kind: 'cancel',
    status: 'succeeded',
    booking: { id: booking.id, status: 'cancelled' },
  });
});

test.each([
  ['GET', ''],
  ['GET', 'id/'],
  ['POST', 'id/cancel/'],
  ['DELETE', 'id/'],
])('401 and 403: %s /api/admin/bookings/%s is for administrators', async (method, end) => {
  expectProblem(await boxoffice.call(`/api/admin/bookings/${end}`, { method }), 'unauthenticated');
  expectProblem(await boxoffice.call(`/api/admin/bookings/${end}`, { method, user: ada }), 'forbidden');
});

const list = async (query = '') => (await boxoffice.call<Page>(`/api/admin/bookings/${query}`, admin)).body;

async function signUp(username: string): Promise<number> {
  const body = { username, email: `${username}@example.com`, password: 'long enough' };
  const response = await boxoffice.call<{ id: number }>('/api/auth/signup/', { method: 'POST', body });
  return response.body.id;
}
