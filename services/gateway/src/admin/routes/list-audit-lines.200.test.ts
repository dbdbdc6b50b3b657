import type { AuditLineView } from '@boxoffice/shared/contracts/audit';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface Page {
  count: number;
  next: string | null;
  results: AuditLineView[];
}

let boxoffice: Boxoffice;
/** The administrator, who signed up first. */
const admin = { user: 1, role: 'admin' } as const;
let user: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  await signUp('root');
  user = await signUp('alice');
});
afterAll(() => boxoffice.stop());

async function signUp(username: string): Promise<number> {
  const body = { username, email: `${username}@example.com`, password: 'correct horse' };
  return (await boxoffice.call<{ id: number }>('/api/auth/signup/', { method: 'POST', body })).body.id;
}
const change = (method: string, path: string, body?: object, headers = {}) =>
  boxoffice.call<{ id: number }>(`/api/admin${path}`, { method, ...admin, headers, ...(body && { body }) });
const audit = async (query: string) => (await boxoffice.call<Page>(`/api/admin/audit/${query}`, admin)).body;

test('a line for each kind of change, from all three services, newest first, with administrator and request', async () => {
  const { id: movie } = (await change('POST', '/movies/', { title: 'Heat', duration_minutes: 170 })).body;
  const run = { screen_name: 'A', total_seats: 9, dates: ['2030-01-01'], times: ['19:30'], time_zone: 'Europe/Berlin' };
  const made = await boxoffice.call<{ results: { id: number; date_time: string }[] }>(
    `/api/admin/movies/${movie}/shows/run/`,
    { method: 'POST', ...admin, body: run },
  );
  expect([made.status, made.body.results[0]?.date_time]).toEqual([201, '2030-01-01T18:30:00.000Z']);
  const show = made.body.results[0]?.id ?? 0;
  const { body: booking } = await boxoffice.book(show, 'A1', { user, wait: 10 });
  await change('POST', `/bookings/${booking.id}/cancel/`);
  await change('PATCH', `/users/${user}/`, { is_active: false }, { 'x-request-id': 'the-deactivation' });

  const { count, results } = await audit('?page_size=4');
  expect(count).toBe(4);
  expect(results).toMatchObject([
    {
      ...{ action: 'change', subject: 'user', subject_id: String(user), request_id: 'the-deactivation' },
      ...{ before: { is_active: true }, after: { is_active: false } },
    },
    {
      ...{ action: 'cancel', subject: 'booking', subject_id: booking.id },
      ...{ before: { status: 'booked', user_id: user, seats: ['A1'] }, after: { status: 'cancelled' } },
    },
    { action: 'create', subject: 'show', subject_id: String(show), before: null, after: { movie_id: movie } },
    { action: 'create', subject: 'movie', subject_id: String(movie), before: null, after: { title: 'Heat' } },
  ]);
  for (const { actor, at } of results) {
    expect(actor).toEqual({ id: 1, username: 'root' });
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  }
});

test('users: created, changed without their password, deleted', async () => {
  const body = { username: 'newcomer', email: 'n@example.com', password: 'a secret of theirs', role: 'user' };
  const { id } = (await change('POST', '/users/', body)).body;
  await change('PATCH', `/users/${id}/`, { password: 'another secret', email: 'm@example.com' });
  await change('PATCH', `/users/${id}/`, { email: 'm@example.com' }); // changes nothing
  await change('DELETE', `/users/${id}/`);
  const { results } = await audit(`?subject=user&subject_id=${id}`);
  expect(results).toMatchObject([
    { action: 'delete', before: { username: 'newcomer' }, after: null },
    {
      action: 'change',
      before: { email: 'n@example.com', password: 'hidden' },
      after: { email: 'm@example.com', password: 'hidden, another' },
    },
    { action: 'create', before: null, after: { username: 'newcomer', role: 'user', is_active: true } },
  ]);
  expect(JSON.stringify(results)).not.toMatch(/secret|argon2/);
});

test('actions of users and refused changes leave no line', async () => {
  const before = (await audit('')).count;
  await signUp('quiet');
  await change('PATCH', '/users/1/', { is_active: false });
  await change('POST', '/movies/', { title: '' });
  const show = await boxoffice.addShow();
  const { body: booking } = await boxoffice.book(show, 'A1', { user: 7, wait: 10 });
  await boxoffice.cancel(booking.id, { user: 7 });
  expect((await audit('')).count).toBe(before);
});

test('filtered by subject, action and administrator; in pages', async () => {
  for (const title of ['One', 'Two', 'Three']) await change('POST', '/movies/', { title, duration_minutes: 1 });
  const page = await audit('?subject=movie&action=create&actor_id=1&page_size=2&page=1');
  expect(page.results.map(({ after }) => after?.title)).toEqual(['Three', 'Two']);
  expect(page.next).toContain('page=2');
  expect((await audit('?actor_id=999')).count).toBe(0);
  expectProblem(await boxoffice.call('/api/admin/audit/?subject=seat', admin), 'validation_failed');
});
