import type { MyBookingView } from '@boxoffice/shared/contracts/booking';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Page {
  count: number;
  next: string | null;
  previous: string | null;
  results: MyBookingView[];
}

let boxoffice: Boxoffice;
let show: number;
const user = 1;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  show = await boxoffice.addShow();
  for (const seat of ['A1', 'A2', 'A3']) await boxoffice.book(show, seat, { user, wait: 10 });
  await boxoffice.book(show, 'B1', { user: 2, wait: 10 });
  await boxoffice.book(show, 'B1', { user, wait: 10 }); // taken: a refusal is no booking
  const [, second] = (await list()).results;
  await boxoffice.cancel(second?.id ?? '', { user });
});
afterAll(() => boxoffice.stop());

const list = async (query = '') => (await boxoffice.call<Page>(`/api/my-bookings/${query}`, { user })).body;

test("a user's own bookings, newest first, each with its show and movie", async () => {
  const { count, next, previous, results } = await list();
  expect({ count, next, previous }).toEqual({ count: 3, next: null, previous: null });
  expect(results.map(({ seat_number }) => seat_number)).toEqual(['A3', 'A2', 'A1']);
  expect(results[1]).toEqual({
    id: expect.any(String),
    show_id: show,
    seats: ['A2'],
    seat_number: 'A2',
    status: 'cancelled',
    created_at: expect.any(String),
    cancelled_at: expect.any(String),
    show: {
      id: show,
      screen_name: 'Screen 1',
      date_time: expect.any(String),
      movie: { id: expect.any(Number), title: 'The Last Reel', duration_minutes: 118, poster_url: null },
    },
  });
});

test.each([
  ['booked', ['A3', 'A1']],
  ['cancelled', ['A2']],
  ['held', []],
  ['expired', []],
])('?status=%s', async (status, seats) => {
  const { count, results } = await list(`?status=${status}`);
  expect(results.map(({ seat_number }) => seat_number)).toEqual(seats);
  expect(count).toBe(seats.length);
});

test('pages link to their neighbours and keep the filter', async () => {
  const base = `${boxoffice.publicUrl}/api/my-bookings/`;
  const first = await list('?status=booked&page_size=1');
  expect(first.previous).toBeNull();
  expect(first.next).toBe(`${base}?status=booked&page_size=1&page=2`);
  const { body: second } = await boxoffice.call<Page>(first.next?.slice(base.indexOf('/api/')) ?? '', { user });
  expect(second.results.map(({ seat_number }) => seat_number)).toEqual(['A1']);
  expect(second.next).toBeNull();
  expect(second.previous).toBe(`${base}?status=booked&page_size=1&page=1`);
});

test('a page past the end is empty', async () => {
  expect(await list('?page=99')).toMatchObject({ count: 3, results: [] });
});

test('a user without bookings gets an empty list', async () => {
  const { body } = await boxoffice.call('/api/my-bookings', { user: 77 });
  expect(body).toEqual({ count: 0, next: null, previous: null, results: [] });
});

test.each(['status=lost', 'page=0', 'page=x', 'page=100001', 'page_size=0', 'page_size=101'])(
  '400: ?%s',
  async (query) => {
    const problem = expectProblem(await boxoffice.call(`/api/my-bookings/?${query}`, { user }), 'validation_failed');
    expect(Object.keys(problem.errors ?? {})).toEqual([query.split('=')[0]]);
  },
);
