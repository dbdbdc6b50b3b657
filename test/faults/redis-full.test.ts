import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { expectProblem } from '@boxoffice/testing/problem';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
let redis: Redis;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ ownServers: true, workers: 0 });
  redis = new Redis(boxoffice.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await boxoffice.stop();
});

const health = () => boxoffice.health();

it('accepts no request that Redis could not hand out any more, decides all that were accepted, and recovers', async () => {
  const show = await boxoffice.addShow({ totalSeats: 1_000 });
  // A server of a realistic size, 78 % full, and then 84 %.
  await redis.setrange('ballast', 64 * 1024 * 1024, 'x');
  const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
  await redis.config('SET', 'maxmemory', Math.floor(used / 0.78));
  const accepted: string[] = [];
  let refusal: Awaited<ReturnType<Boxoffice['book']>> | null = null;
  for (let seat = 1; !refusal && seat <= 1_000; seat++) {
    const response = await boxoffice.book(show, String(seat));
    if (response.status === 202) accepted.push(response.body.id);
    else refusal = response;
    if (seat === 5) await redis.setrange('more ballast', 5 * 1024 * 1024, 'x');
  }
  expect(accepted.length).toBeGreaterThan(0);
  if (!refusal) throw new Error('everything was accepted');
  expectProblem(refusal, 'queue_full');
  expect(refusal.headers.get('retry-after')).toBe('2');
  // A cancellation that succeeded earlier has nothing left to do.
  const cancelled = requestId(newEnvelopeId(0), show, 0);
  await boxoffice.rows(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at, cancelled_at)
     values (?, ?, 1, '{A1}', 'cancelled', now(), now()) returning id`,
    [show, cancelled],
  );
  expect(await boxoffice.cancel(cancelled)).toMatchObject({
    status: 200,
    body: { id: cancelled, status: 'cancelled' },
  });
  expectProblem(await boxoffice.cancel(cancelled, { user: 2 }), 'queue_full');
  expect(await health()).toMatchObject({ status: 200, body: { checks: { queue: expect.stringContaining('memory') } } });

  const metrics = await boxoffice.metrics();
  expect(Number(/^booking_redis_memory_ratio (.*)$/m.exec(metrics)?.[1])).toBeGreaterThan(0.8);

  await boxoffice.addWorker();
  for (const id of accepted) expect((await boxoffice.outcome(id, { timeoutMs: 30_000 })).status).toBe('succeeded');
  await redis.config('SET', 'maxmemory', 0);
  const next = await eventually(async () => {
    const response = await boxoffice.book(show, '1000');
    return response.status === 202 && response;
  });
  expect((await boxoffice.outcome(next.body.id)).status).toBe('succeeded');
  expect((await health()).body.checks.queue).toBe('ok');
});
