/** Tests the client against a whole Boxoffice. */
import { type Boxoffice as Running, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createBoxoffice, type Job, memoryTokens, ProblemError, type SeatsView, storedTokens } from './index.ts';

let running: Running;
let url: string;
beforeAll(async () => {
  running = await startBoxoffice();
  url = running.url;
});
afterAll(() => running.stop());

const asUser = (user: number) => createBoxoffice({ url, tokens: memoryTokens({ access: running.token(user) }) });
const problemOf = async (request: Promise<unknown>) => {
  const error = await request.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return error as ProblemError;
};

let accounts = 0;
async function signUpAndLogIn() {
  const account = {
    username: `client${++accounts}`,
    email: `client${accounts}@example.com`,
    password: 'correct horse',
  };
  await createBoxoffice({ url }).signUp(account);
  const tokens = memoryTokens();
  const boxoffice = createBoxoffice({ url, tokens });
  await boxoffice.logIn(account);
  return { boxoffice, tokens, account };
}

test('operations return the body; problems are thrown with their fields', async () => {
  const boxoffice = createBoxoffice({ url });
  const show = await running.addShow({ totalSeats: 7 });
  const { total_seats } = await boxoffice.get('/api/shows/{id}/', { params: { path: { id: show } } });
  expect(total_seats).toBe(7);
  const missing = await problemOf(boxoffice.get('/api/shows/{id}/', { params: { path: { id: 999_999 } } }));
  expect(missing).toMatchObject({ code: 'show_not_found', status: 404, message: missing.problem.detail });
  const invalid = await problemOf(boxoffice.signUp({ username: '!', email: 'no', password: 'short' }));
  expect(Object.keys(invalid.errors).sort()).toEqual(['email', 'password', 'username']);
});

test('an expired access token is refreshed once for all concurrent requests', async () => {
  const { boxoffice, tokens } = await signUpAndLogIn();
  const first = tokens.read();
  tokens.write({ ...first, access: 'stale' });
  const me = () => boxoffice.get('/api/auth/me/');
  const all = await Promise.all(Array.from({ length: 20 }, me));
  expect(new Set(all.map(({ username }) => username)).size).toBe(1);
  expect(tokens.read()?.refresh).not.toBe(first?.refresh);
  // A second use of the first refresh token would have ended the login.
  tokens.write({ ...tokens.read(), access: 'stale' });
  await me();
});

// Node.js 22 has no locks, and browsers have them only in secure contexts.
test.skipIf(!navigator.locks)('tabs that share a token store refresh once between them', async () => {
  const { tokens } = await signUpAndLogIn();
  const kept = new Map([['boxoffice.tokens', JSON.stringify({ ...tokens.read(), access: 'stale' })]]);
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  const tabs = Array.from({ length: 5 }, () => createBoxoffice({ url, tokens: storedTokens(storage) }));
  await Promise.all(tabs.map((tab) => tab.get('/api/auth/me/')));
  expect(JSON.parse(kept.get('boxoffice.tokens') ?? '').access).not.toBe('stale');
  await tabs[0]?.logOut();
  expect(tabs[4]?.isLoggedIn()).toBe(false);
});

test('a request of a login that has ended fails with 401 and drops the tokens', async () => {
  const { boxoffice, tokens, account } = await signUpAndLogIn();
  const held = tokens.read();
  await createBoxoffice({ url, tokens: memoryTokens(held) }).logOut();
  tokens.write({ ...held, access: 'stale' });
  expect((await problemOf(boxoffice.get('/api/auth/me/'))).code).toBe('unauthenticated');
  expect(boxoffice.isLoggedIn()).toBe(false);
  await boxoffice.logIn(account);
  expect(boxoffice.isLoggedIn()).toBe(true);
});

test.each([{ live: false }, { live: true }])(
  'booking waits for the outcome and reports the position in the queue: %o',
  async ({ live }) => {
    const show = await running.addShow();
    const gate = await closeShow(running.orm, show);
    const reported: Job[] = [];
    const options = { waitSeconds: 0, live, onQueued: (job: Job) => reported.push(job) };
    const first = asUser(1).book(show, ['A1'], options);
    await eventually(() => reported.length > 0);
    const second = asUser(2).book(show, ['A1', 'A2'], options);
    second.catch(() => undefined);
    await eventually(() => new Set(reported.map(({ id }) => id)).size === 2);
    // The first report may come after the turn has begun.
    await eventually(() => reported.some(({ status }) => status === 'active'));
    await gate.open();
    const booking = await first;
    expect(booking).toMatchObject({ seats: ['A1'], status: 'booked' });
    expect((await problemOf(second)).problem).toMatchObject({ code: 'seat_taken', seats: ['A1'] });
    expect(await asUser(1).cancel(booking.id, { waitSeconds: 0, live })).toMatchObject({ status: 'cancelled' });
  },
);

test('a repeated call with the same key returns the same booking', async () => {
  const show = await running.addShow();
  const book = () => asUser(1).book(show, ['A1'], { key: 'mine' });
  expect((await book()).id).toBe((await book()).id);
});

test('seats are held, then confirmed or released; a refusal names its code', async () => {
  const show = await running.addShow();
  const held = await asUser(1).hold(show, { seats: ['A1', 'A2'], expected_total: 0 });
  expect(held).toMatchObject({ seats: ['A1', 'A2'], status: 'held', expires_at: expect.any(String) });
  expect((await problemOf(asUser(2).hold(show, { seats: ['A2'] }))).problem).toMatchObject({ seats: ['A2'] });
  const moved = await asUser(1).hold(show, { best: { count: 2 }, replace: true });
  expect((await problemOf(asUser(1).confirm(held.id))).code).toBe('hold_expired');
  expect(await asUser(1).confirm(moved.id)).toMatchObject({ id: moved.id, status: 'booked' });
  expect(await asUser(1).confirm(moved.id)).toMatchObject({ id: moved.id, status: 'booked' });

  const other = await asUser(2).hold(show, { seats: ['A1'] });
  expect(await asUser(2).cancel(other.id)).toMatchObject({ status: 'cancelled' });
  expect((await problemOf(asUser(2).hold(show, { seats: ['A1'], expected_total: 900 }))).code).toBe('price_changed');
});

test('the time is the server’s, even where the local clock is an hour ahead', async () => {
  const boxoffice = asUser(1);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  try {
    const localMs = Date.now() - 3_600_000;
    expect(Math.abs(boxoffice.now() - Date.now())).toBeLessThan(1_000);
    await boxoffice.get('/api/my-bookings/');
    // The faked clock stands still; the server's `Date` is in whole seconds.
    expect(Math.abs(boxoffice.now() - localMs)).toBeLessThan(10_000);
  } finally {
    vi.useRealTimers();
  }
});

test('watching seats reports changes and survives the restart of a gateway', async () => {
  const show = await running.addShow({ totalSeats: 3 });
  const gateway = await running.addGateway();
  const boxoffice = createBoxoffice({ url: gateway.url });
  const views: SeatsView[] = [];
  const stop = new AbortController();
  const watching = (async () => {
    for await (const view of boxoffice.watchSeats(show, stop.signal)) views.push(view);
  })();
  const taken = () => views.at(-1)?.map?.seats.flatMap((seat) => (seat.status === 'booked' ? seat.seat_number : []));
  await eventually(() => views.at(-1)?.map?.available_seats === 3);
  const before = views.at(-1)?.map?.seats;
  await running.book(show, 'A2', { wait: 10 });
  await eventually(() => taken()?.join() === 'A2');
  expect(views.at(-1)?.map?.seats[0]).toBe(before?.[0]);

  await gateway.stop();
  await eventually(() => views.at(-1)?.away);
  expect(taken()).toEqual(['A2']);
  await running.book(show, 'A3', { wait: 10 });
  await running.addGateway({ PORT: new URL(gateway.url).port });
  await eventually(() => taken()?.join() === 'A2,A3', { timeoutMs: 20_000 });
  expect(views.at(-1)?.away).toBeNull();

  stop.abort();
  await watching;
});

test('watching an unknown show fails', async () => {
  const next = createBoxoffice({ url }).watchSeats(999_999).next();
  expect((await problemOf(next)).code).toBe('show_not_found');
});
