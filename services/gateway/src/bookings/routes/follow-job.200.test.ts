import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { readEvents } from '@boxoffice/testing/events';
import { eventually } from '@boxoffice/testing/eventually';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2 });
});
afterAll(() => boxoffice.stop());

const follow = (id: string, gateway = 0, user = 1) =>
  readEvents(`${boxoffice.gateways[gateway]?.url}/api/jobs/${id}/events/`, {
    authorization: `Bearer ${boxoffice.token(user)}`,
  });
const jobOf = async (id: string) => (await boxoffice.call(`/api/jobs/${id}/`, { user: 1 })).body;

test.each([0, 1])(
  'every change up to the outcome, and the end, at gateway %i of the one that asked',
  async (gateway) => {
    const show = await boxoffice.addShow();
    const gate = await closeShow(boxoffice.orm, show);
    const first = await boxoffice.book(show, 'A1');
    await gate.reached(1);
    const second = await boxoffice.book(show, 'A1');
    const [one, two] = [await follow(first.body.id, gateway), await follow(second.body.id, gateway)];
    expect(one.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(await one.next()).toEqual({ event: 'job', data: await jobOf(first.body.id) });
    expect(await two.next()).toEqual({ event: 'job', data: await jobOf(second.body.id) });
    await gate.open();
    expect(await one.ended).toBe(true);
    expect(await two.ended).toBe(true);
    expect(one.events.at(-1)).toEqual({ event: 'job', data: await jobOf(first.body.id) });
    expect(two.events.at(-1)).toEqual({ event: 'job', data: await jobOf(second.body.id) });
    expect(one.events.map(({ data }) => data.status)).toEqual(['active', 'succeeded']);
    expect(two.events.map(({ data }) => data.status)).toEqual(expect.arrayContaining(['queued', 'rejected']));
  },
);

test('a decided job: its outcome, then the end of the stream', async () => {
  const show = await boxoffice.addShow();
  const { body } = await boxoffice.book(show, 'A1', { wait: 10 });
  const stream = await follow(body.id);
  expect(await stream.ended).toBe(true);
  expect(stream.events).toEqual([{ event: 'job', data: await jobOf(body.id) }]);
});

test('a stream that has ended is one log line and no latency sample, and none stays open', async () => {
  const show = await boxoffice.addShow();
  const { body } = await boxoffice.book(show, 'A1', { wait: 10 });
  const stream = await readEvents(`${boxoffice.url}/api/jobs/${body.id}/events/`, {
    authorization: `Bearer ${boxoffice.token(1)}`,
    'x-request-id': 'followed',
  });
  await stream.ended;
  const lines = () => boxoffice.gateways[0]?.logs.filter((line) => line.includes('"followed"')) ?? [];
  // The server's own line, if there were one, would come first.
  await eventually(() => lines().some((line) => line.includes('"events":1')));
  expect(lines()).toHaveLength(1);
  const metrics = await boxoffice.metrics();
  expect(metrics).toContain('event_streams_open{kind="job"} 0');
  expect(metrics).not.toMatch(/http_request_duration_seconds_count\{[^}]*events[^}]*status="200"/);
});
