import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { type EventReader, readEvents } from '@boxoffice/testing/events';
import { eventually } from '@boxoffice/testing/eventually';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let show: number;
const readers: EventReader[] = [];
beforeAll(async () => {
  boxoffice = await startBoxoffice({
    workers: 0,
    env: { EVENT_STREAM_LIMIT: '5', EVENT_STREAM_LIMIT_PER_USER: '2', EVENT_STREAM_LIMIT_PER_ADDRESS: '3' },
  });
  show = await boxoffice.addShow();
});
afterAll(async () => {
  for (const reader of readers) reader.close();
  await boxoffice.stop();
});

async function open(path: string, user?: number): Promise<EventReader> {
  const reader = await readEvents(
    `${boxoffice.url}${path}`,
    user === undefined ? {} : { authorization: `Bearer ${boxoffice.token(user)}` },
  );
  readers.push(reader);
  return reader;
}
const seatEvents = () => `/api/shows/${show}/seats/events/`;
const closeAll = async () => {
  for (const reader of readers.splice(0)) reader.close();
  await eventually(async () => {
    const metrics = await boxoffice.metrics();
    return [...metrics.matchAll(/^event_streams_open.* (\d+)$/gm)].every(([, open]) => open === '0');
  });
};

test('404 for an unknown show, 400 for an invalid id', async () => {
  expectProblem(await boxoffice.call('/api/shows/999999/seats/events/'), 'show_not_found');
  expectProblem(await boxoffice.call('/api/shows/x/seats/events/'), 'validation_failed');
});

test("404 for an unknown job, and for another user's", async () => {
  const { body } = await boxoffice.book(show, 'A1', { user: 1 });
  expectProblem(await boxoffice.call(`/api/jobs/${body.id}/events/`, { user: 2 }), 'job_not_found');
  expectProblem(await boxoffice.call('/api/jobs/nonsense/events/', { user: 2 }), 'job_not_found');
});

test('429 beyond the limit per address, until a stream ends', async () => {
  for (let n = 0; n < 3; n++) expect((await open(seatEvents())).status).toBe(200);
  const refused = await boxoffice.call(seatEvents());
  expectProblem(refused, 'too_many_requests');
  expect(refused.headers.get('retry-after')).toBe('5');
  readers.pop()?.close();
  await eventually(async () => (await open(seatEvents())).status === 200);
  await closeAll();
});

test('429 beyond the limit per user, independent of other users', async () => {
  const { body } = await boxoffice.book(show, 'A2', { user: 1 });
  const other = await boxoffice.book(show, 'A3', { user: 2 });
  const events = `/api/jobs/${body.id}/events/`;
  for (let n = 0; n < 2; n++) expect((await open(events, 1)).status).toBe(200);
  const refused = await boxoffice.call(events, { user: 1 });
  expectProblem(refused, 'too_many_requests');
  expect(refused.headers.get('retry-after')).toBe('5');
  expect((await open(`/api/jobs/${other.body.id}/events/`, 2)).status).toBe(200);
  await closeAll();
});

test('429 beyond the limit of the gateway', async () => {
  const jobs = await Promise.all([1, 2].map((user) => boxoffice.book(show, 'A4', { user })));
  for (const [index, { body }] of jobs.entries()) await open(`/api/jobs/${body.id}/events/`, index + 1);
  for (let n = 0; n < 3; n++) expect((await open(seatEvents())).status).toBe(200);
  const refused = await boxoffice.call(`/api/jobs/${jobs[0]?.body.id}/events/`, { user: 1 });
  expectProblem(refused, 'too_many_requests');
  await closeAll();
});

test('503 while the catalog is down; viewers are notified, and get the whole map once it is back', async () => {
  const reader = await open(seatEvents());
  await reader.next('snapshot');
  boxoffice.catalog.kill('SIGSTOP');
  expect(await reader.next()).toMatchObject({ event: 'unavailable', data: { code: 'catalog_unavailable' } });
  const refused = await boxoffice.call(seatEvents());
  expectProblem(refused, 'catalog_unavailable');
  expect(refused.headers.get('retry-after')).toBe('1');
  const another = await boxoffice.addShow();
  expectProblem(await boxoffice.call(`/api/shows/${another}/seats/events/`), 'catalog_unavailable');
  boxoffice.catalog.kill('SIGCONT');
  expect(await reader.next()).toMatchObject({ event: 'snapshot', data: { show_id: show } });
  await eventually(async () => (await open(`/api/shows/${another}/seats/events/`)).status === 200);
});
