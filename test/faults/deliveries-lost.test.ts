import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { envelope } from '@boxoffice/testing/envelope';
import type { SpawnedService } from '@boxoffice/testing/service';
import { closeShow } from '@boxoffice/testing/show-gate';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openQueue } from '../../services/booking-worker/test/open-queue.ts';

let boxoffice: Boxoffice;
let queue: ReturnType<typeof openQueue>;
let redis: Redis;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ ownServers: true, env: { BOOKING_PARTITIONS: '1' } });
  queue = openQueue(boxoffice.redisUrl, 0);
  redis = new Redis(boxoffice.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await queue.close();
  await boxoffice.stop();
});

it('decides an envelope that Redis delivered as the connection broke, in its original order', async () => {
  const [worker] = boxoffice.workers as [SpawnedService];
  const show = await boxoffice.addShow();
  const first = envelope(show, [{ seats: ['A1'] }], 1);
  worker.kill('SIGSTOP');
  await queue.add(first);
  await queue.takeAndForget();
  const second = envelope(show, [{ seats: ['A1'], user: 2 }], 1);
  await queue.add(second);
  await redis.call('client', 'kill', 'type', 'normal', 'skipme', 'yes');
  worker.kill('SIGCONT');
  expect((await boxoffice.outcome(first[0]?.id ?? '')).status).toBe('succeeded');
  expect((await boxoffice.outcome(second[0]?.id ?? '', { user: 2 })).status).toBe('rejected');
});

it('decides an envelope that Redis marked active but no worker received, without a broken connection', async () => {
  const [worker] = boxoffice.workers as [SpawnedService];
  const show = await boxoffice.addShow();
  const stray = envelope(show, [{ seats: ['A1'] }], 1);
  worker.kill('SIGSTOP');
  await queue.add(stray);
  await queue.takeAndForget();
  worker.kill('SIGCONT');
  expect((await boxoffice.outcome(stray[0]?.id ?? '')).status).toBe('succeeded');
});

it('decides in order of acceptance when a former owner wakes up and takes the next envelope out of the queue', async () => {
  const show = await boxoffice.addShow();
  const held = await boxoffice.book(show, 'A1', { user: 1, wait: 10 });
  const gate = await closeShow(boxoffice.orm, show);
  const first = await boxoffice.book(show, 'A2', { user: 2 });
  await gate.reached(1);
  const cancel = await boxoffice.cancel(held.body.id, { user: 1, wait: 0 });
  const next = await boxoffice.book(show, 'A1', { user: 3 });
  const tooLate = await boxoffice.book(show, 'A1', { user: 4 });
  await queue.takeAndForget(); // the former owner, which has no lease
  await gate.open();
  const outcomeOf = async (id: string, user: number) => (await boxoffice.outcome(id, { user })).status;
  expect(await outcomeOf(first.body.id, 2)).toBe('succeeded');
  expect(await outcomeOf(cancel.body.id, 1)).toBe('succeeded');
  expect(await outcomeOf(next.body.id, 3)).toBe('succeeded');
  expect(await outcomeOf(tooLate.body.id, 4)).toBe('rejected');
});

it('changes nothing when an envelope is added a second time', async () => {
  const show = await boxoffice.addShow();
  const before = await boxoffice.book(show, 'A1', { user: 9, wait: 10 });
  const requests = envelope(show, [{ seats: ['A1'] }, { seats: ['A2'], user: 2 }], 1);
  await queue.add(requests);
  const outcomes = () => Promise.all(requests.map(({ id, user_id: user }) => boxoffice.outcome(id, { user })));
  const first = await outcomes();
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'succeeded']);
  await boxoffice.cancel(before.body.id, { user: 9 });
  await queue.add(requests);
  // Requests after the second copy are decided after it.
  expect((await boxoffice.book(show, 'A3', { wait: 10 })).status).toBe(201);
  expect(await outcomes()).toEqual(first);
  expect(
    await boxoffice.rows('select seat_number from booking.seat_claims where show_id = ? order by 1', [show]),
  ).toEqual([{ seat_number: 'A2' }, { seat_number: 'A3' }]);
});
