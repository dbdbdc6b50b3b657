import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 0 });
});
afterAll(() => boxoffice.stop());

const health = () => boxoffice.health();

it('answers without delay while no worker is alive, says so, and decides once there is one', async () => {
  const show = await boxoffice.addShow();
  await eventually(async () => (await health()).body.checks.workers?.includes('without an owner'));
  expect(await health()).toMatchObject({
    status: 200,
    body: { status: 'ready', checks: { workers: 'partitions without an owner: 0, 1, 2, 3' } },
  });
  const metrics = await boxoffice.metrics();
  expect(metrics).toContain('booking_partitions_without_owner 4');

  const sentAt = performance.now();
  const response = await boxoffice.book(show, 'A1', { wait: 30 });
  expect(performance.now() - sentAt).toBeLessThan(5_000);
  expect(response.status).toBe(202);
  expect(response.headers.get('retry-after')).toBe('5');

  await boxoffice.addWorker();
  expect((await boxoffice.outcome(response.body.id)).status).toBe('succeeded');
  await eventually(async () => (await health()).body.checks.workers === 'ok');
  expect((await boxoffice.book(show, 'A2', { wait: 10 })).status).toBe(201);
});
