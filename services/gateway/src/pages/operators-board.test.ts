import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

interface BoardQueue {
  name: string;
  readOnlyMode: boolean;
  jobs: { id: string; name: string; data: object }[];
}

let boxoffice: Boxoffice;
let show: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ env: { BOOKING_PARTITIONS: '3' } });
  for (const username of ['ada', 'bob']) {
    const body = { username, email: `${username}@example.com`, password: `${username}: long enough` };
    await boxoffice.call('/api/auth/signup/', { method: 'POST', body });
  }
  await boxoffice.rows("update identity.users set role = 'admin' where username = 'ada'");
  show = await boxoffice.addShow();
  await boxoffice.book(show, 'A1', { wait: 10 });
});
afterAll(() => boxoffice.stop());

const basic = (username: string, password = `${username}: long enough`) => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
});
const openBoard = <Body = string>(headers = {}, path = '/') => boxoffice.call<Body>(`/ops/queues${path}`, { headers });

test.each(['/', '', '/api/queues', '/queue/%7Bbooking-0%7D', '/static/js/main.js'])(
  '401 without a login, with a challenge that makes browsers ask for one: /ops/queues%s',
  async (path) => {
    const response = await openBoard({}, path);
    expect(response.headers.get('www-authenticate')).toBe('Basic realm="Boxoffice operators", charset="UTF-8"');
    expectProblem(response, 'unauthenticated');
  },
);

test.each([
  ['a wrong password', basic('ada', 'wrong')],
  ['an unknown name', basic('nobody')],
  ['no password', basic('ada', '')],
  ['no colon in it', { authorization: `Basic ${Buffer.from('ada').toString('base64')}` }],
  ['another scheme', { authorization: 'Digest username="ada"' }],
])('401 with %s', async (_, headers) => {
  expectProblem(await openBoard(headers), 'unauthenticated');
});

test('403 for a user who is not an administrator, by password and by token', async () => {
  expectProblem(await openBoard(basic('bob')), 'forbidden');
  expectProblem(await openBoard({ authorization: `Bearer ${boxoffice.token(1)}` }), 'forbidden');
});

test('200 for an administrator, by password and by token', async () => {
  for (const headers of [basic('ada'), { authorization: `Bearer ${boxoffice.token(1, 'admin')}` }]) {
    const { status, headers: responseHeaders, body } = await openBoard(headers);
    expect(status).toBe(200);
    expect(responseHeaders.get('content-type')).toMatch(/^text\/html/);
    expect(body).toContain('<title>Boxoffice</title>');
  }
});

test('the page loads nothing from other hosts, and all of its files exist', async () => {
  const { body } = await openBoard(basic('ada'));
  const references = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, reference = '']) => reference);
  expect(references.filter((reference) => /^(https?:)?\/\//.test(reference))).toEqual([]);
  const files = references.filter((reference) => /\.(js|css)$/.test(reference));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    const { pathname } = new URL(file, `${boxoffice.url}/ops/queues/`);
    expect((await boxoffice.call(pathname, { headers: basic('ada') })).status).toBe(200);
  }
});

test('it shows every partition and the queue of payments, and summarizes each job', async () => {
  const { body } = await openBoard<{ queues: BoardQueue[] }>(basic('ada'), `/api/queues?activeQueue=${queueOf(show)}`);
  expect(body.queues.map(({ name }) => name)).toEqual(['{booking-0}', '{booking-1}', '{booking-2}', '{payments}']);
  const jobs = body.queues.flatMap((queue) => queue.jobs);
  expect(jobs.map(({ name }) => name)).toContain(`book A1 · show ${show}`);
});

test('it is read-only: nobody can change the order of jobs', async () => {
  const { body } = await openBoard<{ queues: BoardQueue[] }>(basic('ada'), `/api/queues?activeQueue=${queueOf(show)}`);
  expect(body.queues.every((queue) => queue.readOnlyMode)).toBe(true);
  const [job] = body.queues.flatMap((queue) => queue.jobs);
  const change = (path: string) =>
    boxoffice.call(`/ops/queues/api/queues/${queueOf(show)}/${path}`, { method: 'PUT', headers: basic('ada') });
  for (const path of [
    `${job?.id}/retry/completed`,
    `${job?.id}/clean`,
    'pause',
    'empty',
    'clean/completed',
    'obliterate',
  ]) {
    expect((await change(path)).status, path).toBeGreaterThanOrEqual(400);
  }
  expect((await boxoffice.book(show, 'A2', { wait: 10 })).status).toBe(201);
});

test('internal errors are not revealed', async () => {
  const { status, body } = await openBoard<object>(basic('ada'), '/api/queues/no-such-queue/1');
  expect(status).toBeGreaterThanOrEqual(400);
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\bat /);
});

const queueOf = (showId: number) => encodeURIComponent(`{booking-${showId % 3}}`);
