/**
 * The examples in the first generation's READMEs still work, with the same paths and bodies. Two things
 * differ: booking answers 202 unless asked to wait, and passwords have at least 8 characters.
 */
import type { BookingView, JobView } from '@boxoffice/shared/contracts/booking';
import type { MovieView, ShowView } from '@boxoffice/shared/contracts/catalog';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Tokens {
  access: string;
  refresh: string;
}

let boxoffice: Boxoffice;
let show: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  show = await boxoffice.addShow();
});
afterAll(() => boxoffice.stop());

const post = <Body>(path: string, body?: object, token?: string) =>
  boxoffice.call<Body>(path, { method: 'POST', body, ...(token && { headers: { authorization: `Bearer ${token}` } }) });
const get = <Body>(path: string, token?: string) =>
  boxoffice.call<Body>(path, { ...(token && { headers: { authorization: `Bearer ${token}` } }) });

/** The three sets of paths for the same operations. */
test.each([
  { of: 'under /api/auth/', signup: '/api/auth/signup/', login: '/api/auth/login/', api: '/api', me: '/api/auth/me/' },
  { of: 'under /api/', signup: '/api/signup/', login: '/api/login/', api: '/api', me: '/api/auth/me/' },
  { of: 'without /api', signup: '/signup', login: '/login', api: '', me: '/auth/me/' },
])('from sign-up to cancellation, paths $of', async ({ of, signup, login, api, me }) => {
  const username = `alice${of.length}`;
  const password = 'pass1234';

  // Sign up.
  const { status, body } = await post(signup, { username, email: `${username}@example.com`, password });
  expect(status).toBe(201);
  expect(body).toMatchObject({ username, email: `${username}@example.com` });
  expect(body).not.toHaveProperty('password');

  // Log in, and fetch your own account.
  const loggedIn = await post<Tokens>(login, { username, password });
  expect(loggedIn).toMatchObject({ status: 200, body: { access: expect.any(String), refresh: expect.any(String) } });
  const tokens = loggedIn.body;
  expect(await get(me, tokens.access)).toMatchObject({ status: 200, body: { username } });

  // Browse movies and shows.
  const movies = await get<{ results: MovieView[] }>(`${api}/movies/`);
  expect(movies.status).toBe(200);
  const movie = movies.body.results.at(-1) as MovieView;
  expect(movie).toMatchObject({ title: 'The Last Reel', duration_minutes: 118 });
  const shows = await get<{ results: ShowView[] }>(`${api}/movies/${movie.id}/shows/?from=2020-01-01T00:00:00`);
  expect(shows.body.results[0]).toMatchObject({
    screen_name: 'Screen 1',
    total_seats: 100,
    date_time: expect.any(String),
  });
  expect((await get(`${api}/movies/${movie.id}/shows/`)).status).toBe(200);

  // Book a seat: 202 first, booked soon after.
  const accepted = await post<JobView>(`${api}/shows/${show}/book/`, { seat_number: 'A1' }, tokens.access);
  expect(accepted).toMatchObject({ status: 202, body: { status: 'queued' } });
  const bookings = async () =>
    (await get<{ results: BookingView[] }>(`${api}/my-bookings/`, tokens.access)).body.results;
  const [booking] = (await eventually(async () => (await bookings()).length > 0 && bookings())) as [BookingView];
  expect(booking).toMatchObject({ show_id: show, seat_number: 'A1', status: 'booked' });

  // Cancel twice: idempotent.
  const cancel = `${api}/bookings/${booking.id}/cancel/`;
  const first = await post<BookingView>(cancel, undefined, tokens.access);
  expect(first).toMatchObject({ status: 200, body: { id: booking.id, status: 'cancelled' } });
  expect(await post(cancel, undefined, tokens.access)).toMatchObject({ status: 200, body: first.body });

  // Booking requires a login.
  expectProblem(await post(`${api}/shows/${show}/book/`, { seat_number: 'A1' }), 'unauthenticated');
  expectProblem(await get(`${api}/my-bookings/`), 'unauthenticated');

  // The refresh token yields a new access token.
  expect(await post(api ? '/api/auth/refresh/' : '/login/refresh/', { refresh: tokens.refresh })).toMatchObject({
    status: 200,
    body: { access: expect.any(String), refresh: expect.any(String) },
  });
});

test('a password of seven characters, as in one of their examples, is refused with a reason', async () => {
  const body = { username: 'alice', email: 'alice@example.com', password: 'pass123' };
  const problem = expectProblem(await post('/api/auth/signup/', body), 'validation_failed');
  expect(Object.keys(problem.errors ?? {})).toEqual(['password']);
});

test.each(['/', '/swagger/', '/redoc/', '/schema/'])('%s exists', async (path) => {
  expect((await get(path)).status).toBe(200);
});
