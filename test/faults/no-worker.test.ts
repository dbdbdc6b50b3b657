import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import type { SpawnedService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
let worker: SpawnedService | undefined;
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

  worker = await boxoffice.addWorker();
  expect((await boxoffice.outcome(response.body.id)).status).toBe('succeeded');
  await eventually(async () => (await health()).body.checks.workers === 'ok');
  expect((await boxoffice.book(show, 'A2', { wait: 10 })).status).toBe(201);
});

it('counts positions by requests after a burst, while no worker is alive', async () => {
  const show = await boxoffice.addShow({ totalSeats: 400 });
  const burst = Array.from({ length: 200 }, (_, index) => String(index + 1));
  worker ??= await boxoffice.addWorker();
  const booked = await Promise.all(burst.map((seat) => boxoffice.book(show, seat)));
  for (const { body } of booked) expect((await boxoffice.outcome(body.id)).status).toBe('succeeded');
  await worker.stop();
  const singles = [];
  for (let seat = 201; seat <= 206; seat++) singles.push((await boxoffice.book(show, String(seat))).body.position);
  expect(singles).toEqual([1, 2, 3, 4, 5, 6]);
  const waiting = await Promise.all(burst.slice(0, 100).map((seat) => boxoffice.book(show, seat)));
  const positions = waiting.map(({ body }) => body.position ?? 0).sort((a, b) => a - b);
  expect(positions).toEqual(Array.from({ length: 100 }, (_, index) => index + 7));
});
