import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ env: { BOOKING_PARTITIONS: '1', BOOKING_QUEUE_LIMIT: '3' } });
});
afterAll(() => boxoffice.stop());

it('is not ready while jobs wait without progress, and its queue stays within its limit', async () => {
  const worker = boxoffice.workers[0]?.url;
  const ready = async () => {
    const response = await fetch(`${worker}/readyz`);
    return { status: response.status, body: (await response.json()) as { checks: Record<string, string> } };
  };
  const show = await boxoffice.addShow();
  const gate = await closeShow(boxoffice.orm, show);
  const accepted: string[] = [];
  const refused = await eventually(async () => {
    const response = await boxoffice.book(show, String(accepted.length + 1), { user: accepted.length + 1 });
    if (response.status === 202) accepted.push(response.body.id);
    return response.status !== 202 && response;
  });
  expect(refused).toMatchObject({ status: 503, body: { code: 'queue_full' } });
  expect(refused.headers.get('retry-after')).toBe('2');
  // One being decided, the three that may wait, and one more because the count may lag by one.
  expect(accepted.length).toBeLessThanOrEqual(5);

  expect((await ready()).status).toBe(200);
  const stuck = await eventually(async () => {
    const response = await ready();
    return response.status === 503 && response.body;
  });
  expect(stuck.checks).toMatchObject({ database: 'ok', redis: 'ok', leases: 'ok' });
  expect(stuck.checks.queues).toMatch(/partition 0 has waited for [56] s/);

  await gate.open();
  for (const [index, id] of accepted.entries())
    expect((await boxoffice.outcome(id, { user: index + 1 })).status).toBe('succeeded');
  await eventually(async () => (await ready()).status === 200);
  expect((await boxoffice.book(show, 'J1', { wait: 10 })).status).toBe(201);
});
