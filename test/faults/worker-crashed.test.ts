import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { envelope } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import type { SpawnedService } from '@boxoffice/testing/service';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openQueue } from '../../services/booking-worker/test/open-queue.ts';

let boxoffice: Boxoffice;
let queue: ReturnType<typeof openQueue>;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ ownServers: true, env: { BOOKING_PARTITIONS: '1' } });
  queue = openQueue(boxoffice.redisUrl, 0);
});
afterAll(async () => {
  await queue.close();
  await boxoffice.stop();
});

it('gives the same outcomes after two crashes between commit and acknowledgement', async () => {
  const { redis } = boxoffice.servers;
  const show = await boxoffice.addShow();
  const held = await boxoffice.book(show, ['A1', 'A5'], { user: 100, wait: 10 });
  expect(held.status).toBe(201);

  // A1 and A5 are freed after others asked for them: decided a second time, those requests must still lose.
  const requests = envelope(
    show,
    [
      { seats: ['A2'], user: 1 },
      { seats: ['A1', 'A3'], user: 2 },
      { seats: ['A2', 'A4'], user: 3 },
      { seats: ['A5'], user: 6 },
      { cancel: held.body.id, user: 100 },
      { seats: ['A1', 'A3'], user: 4 },
      { seats: ['A3'], user: 5 },
    ],
    1,
  );
  const wanted = ['succeeded', 'rejected', 'rejected', 'rejected', 'succeeded', 'succeeded', 'rejected'];
  let gate = await closeShow(boxoffice.orm, show);
  await queue.add(requests);

  let worker: SpawnedService = boxoffice.workers[0] as SpawnedService;
  let committed: unknown;
  for (let crash = 1; crash <= 2; crash++) {
    await gate.reached(1);
    // Redis freezes, so the commit cannot be acknowledged; unread commands are lost with it.
    redis.kill('SIGSTOP');
    await gate.open();
    await eventually(async () => (await contents()).claims.length === 3);
    worker.kill('SIGKILL');
    await worker.exited;
    redis.kill('SIGKILL');
    await redis.restart();
    const now = await contents();
    committed ??= now;
    expect(now).toEqual(committed);
    gate = await closeShow(boxoffice.orm, show);
    worker = await boxoffice.addWorker();
  }
  await gate.reached(1);
  await gate.open();

  const jobs = requests.map(({ id, user_id: user }) => boxoffice.outcome(id, { user }));
  expect((await Promise.all(jobs)).map((job) => job.status)).toEqual(wanted);
  expect(await contents()).toEqual(committed);
});

/** The contents of both tables. */
async function contents(): Promise<{ claims: object[]; bookings: object[] }> {
  return {
    claims: await boxoffice.rows('select * from booking.seat_claims order by seat_number'),
    bookings: await boxoffice.rows('select * from booking.bookings order by id'),
  };
}
