import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectNothingLost, startLoad } from '@boxoffice/testing/load';
import { ownerOf } from '@boxoffice/testing/owner-of';
import type { SpawnedService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
});
afterAll(() => boxoffice.stop());

it('loses nothing when scaling from one worker to three and back under load', async () => {
  const [first] = boxoffice.workers as [SpawnedService];
  const shows = await Promise.all(Array.from({ length: 8 }, () => boxoffice.addShow()));
  const load = startLoad(boxoffice, shows);
  const [second, third] = await Promise.all([boxoffice.addWorker(), boxoffice.addWorker()]);
  await ownerOf(boxoffice, 1, [first, second, third]);
  for (const worker of [second, third]) await worker.waitForLog(/"decided"/);
  for (const worker of [second, third]) expect((await worker.stop()).code).toBe(0);
  await ownerOf(boxoffice, 1, [first]);
  await load.stop();
  expect(load.refused).toEqual([]);
  await expectNothingLost(boxoffice, load);
});

let serving: SpawnedService | undefined;
// Measures time, so it retries in case the machine was briefly busy.
it('hands a stopped worker’s partitions over within a second', { retry: 2 }, async () => {
  const first = serving ?? (boxoffice.workers[0] as SpawnedService);
  const second = await boxoffice.addWorker();
  const show = await boxoffice.addShow();
  const owner = await ownerOf(boxoffice, show, [first, second]);
  const next = owner === first ? second : first;
  serving = next;
  const decided = () => next.logs.filter((line) => line.includes(`"show":${show},`)).length;
  const stoppedAt = performance.now();
  const exited = owner.stop();
  // Books seat after seat until the next owner has decided one.
  for (let seat = 1; decided() === 0; seat++)
    expect((await boxoffice.book(show, String(seat), { wait: 10 })).status).toBe(201);
  const tookMs = performance.now() - stoppedAt;
  expect((await exited).code).toBe(0);
  expect(tookMs).toBeLessThan(1_000);
});
