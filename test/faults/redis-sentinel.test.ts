import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { expectNothingLost, startLoad } from '@boxoffice/testing/load';
import { type RedisSentinels, startRedisSentinels } from '@boxoffice/testing/redis-sentinels';
import { cutReplicas } from '@boxoffice/testing/replicated-redis';
import type { SpawnedService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { replicationObstacle, report, serverHome, untilAccepted, untilAnswered, untilBooked } from './failover.ts';

const obstacle = await replicationObstacle();
let redis: RedisSentinels;
let boxoffice: Boxoffice;
beforeAll(async () => {
  if (obstacle) return;
  redis = await startRedisSentinels(serverHome());
  boxoffice = await startBoxoffice({ env: { REDIS_URL: redis.url, REDIS_REPLICA_ACKS: '1' } });
});
beforeEach((context) => context.skip(obstacle !== null, obstacle ?? ''));
afterAll(async () => {
  await boxoffice?.stop();
  await redis?.stop();
});

it('503 while no replica has the request; a retry with the same key is the same request', async () => {
  const show = await boxoffice.addShow();
  const master = await redis.master();
  const replicas = redis.servers.filter((server) => server !== master);
  const [worker] = boxoffice.workers as [SpawnedService];
  for (const frozen of [...replicas, worker]) frozen.kill('SIGSTOP');
  const book = () => boxoffice.book(show, 'A1', { key: 'k', wait: 0 });
  const refused = await book();
  expect(refused).toMatchObject({ status: 503, body: { code: 'queue_unavailable', job_id: expect.any(String) } });
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await book()).toMatchObject({ status: 503, body: { job_id: refused.body.job_id } });
  // The gateway now knows that replicas are missing, and adds nothing more.
  const next = await boxoffice.book(show, 'A2');
  expect(next).toMatchObject({ status: 503, body: { code: 'queue_unavailable' } });
  expect(next.body.job_id).toBeUndefined();
  for (const frozen of [...replicas, worker]) frozen.kill('SIGCONT');
  const repeated = await eventually(async () => {
    const response = await book();
    return response.status === 503 ? null : response;
  });
  expect(repeated.body.id).toBe(refused.body.job_id);
  expect((await boxoffice.outcome(repeated.body.id)).status).toBe('succeeded');
});

it('loses nothing when the master is killed under load before it has replicated its latest writes', async () => {
  const shows = await Promise.all(Array.from({ length: 4 }, () => boxoffice.addShow()));
  const probe = await boxoffice.addShow();
  const load = startLoad(boxoffice, shows);
  onTestFinished(load.stop);
  await untilAccepted(load, 40);
  const master = await redis.master();
  // From now on, accepted requests exist only in the queue.
  const [worker] = boxoffice.workers as [SpawnedService];
  worker.kill('SIGSTOP');
  const readmit = await cutReplicas(master, redis.servers);
  await untilAnswered(load, 20);
  const killedAt = performance.now();
  master.kill('SIGKILL');
  worker.kill('SIGCONT');
  await readmit();
  await eventually(async () => (await redis.master()) !== master, { timeoutMs: 30_000 });
  const ms = await untilBooked(boxoffice, probe, killedAt);
  await untilAccepted(load, 40);
  await load.stop();
  for (const { status } of load.refused) expect(status).toBe(503);
  await expectNothingLost(boxoffice, load);
  report('Sentinels, master killed, 1 acknowledgement', load, ms);
});
