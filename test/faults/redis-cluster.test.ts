import { queueName } from '@boxoffice/shared/partition';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { expectNothingLost, startLoad } from '@boxoffice/testing/load';
import { type RedisCluster, startRedisCluster } from '@boxoffice/testing/redis-cluster';
import { cutReplicas } from '@boxoffice/testing/replicated-redis';
import type { SpawnedService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { replicationObstacle, report, serverHome, untilAccepted, untilAnswered, untilBooked } from './failover.ts';

const partitions = [0, 1, 2, 3];
const obstacle = await replicationObstacle();
let cluster: RedisCluster;
let boxoffice: Boxoffice;
beforeAll(async () => {
  if (obstacle) return;
  cluster = await startRedisCluster(serverHome());
  boxoffice = await startBoxoffice({ env: { REDIS_URL: cluster.url, REDIS_REPLICA_ACKS: process.env.TRY_ACKS ?? '1' } });
});
beforeEach((context) => context.skip(obstacle !== null, obstacle ?? ''));
afterAll(async () => {
  await boxoffice?.stop();
  await cluster?.stop();
});

/** Four shows under load, one per partition, and one that shares its partition with the first. */
async function addShows(): Promise<{ shows: number[]; probe: number }> {
  const shows: number[] = [];
  for (let count = 0; count < partitions.length; count++) shows.push(await boxoffice.addShow());
  return { shows, probe: await boxoffice.addShow() };
}
const tagOf = (show: number) => queueName(show % partitions.length);

it('serves everything, with the partitions on several masters', async () => {
  const masters = await Promise.all(partitions.map((partition) => cluster.masterOf(queueName(partition))));
  expect(new Set(masters).size).toBeGreaterThan(1);
  const { shows } = await addShows();
  for (const show of shows) expect((await boxoffice.book(show, 'A1', { wait: 10 })).status).toBe(201);
  const account = { username: 'ada', email: 'ada@example.com', password: 'ada: long enough' };
  expect((await boxoffice.call('/api/auth/signup/', { method: 'POST', body: account })).status).toBe(201);
  expect((await boxoffice.call('/api/auth/login/', { method: 'POST', body: account })).status).toBe(200);
  const keyed = () => boxoffice.book(shows[0] ?? 0, 'A2', { key: 'one', wait: 10 });
  const [first, again] = [await keyed(), await keyed()];
  expect(again.body.id).toBe(first.body.id);
  const admin = { user: 1, role: 'admin' } as const;
  const board = await boxoffice.call<{ queues: { name: string }[] }>('/ops/queues/api/queues', admin);
  expect(board.body.queues.map(({ name }) => name)).toEqual([...partitions.map(queueName), '{payments}']);
  expect(await boxoffice.metrics()).toMatch(/booking_queue_jobs\{partition="3"\} 0/);
  expect(await boxoffice.metrics()).toMatch(/booking_redis_memory_ratio 0\.0/);
  expect(await boxoffice.health()).toMatchObject({ status: 200, body: { checks: { redis: 'ok', queue: 'ok' } } });
});

it('loses nothing when a slot moves to another master under load', async () => {
  const { shows, probe } = await addShows();
  const load = startLoad(boxoffice, shows);
  onTestFinished(load.stop);
  await untilAccepted(load, 40);
  const movedAt = performance.now();
  await cluster.moveSlot(tagOf(probe));
  const ms = await untilBooked(boxoffice, probe, movedAt);
  await untilAccepted(load, 40);
  await load.stop();
  await expectNothingLost(boxoffice, load);
  report('Cluster, a slot moves under load', load, ms);
});

it('loses nothing when a master is killed under load, and has not replicated its latest writes', async () => {
  const { shows, probe } = await addShows();
  const master = await cluster.masterOf(tagOf(probe));
  const load = startLoad(boxoffice, shows);
  onTestFinished(load.stop);
  await untilAccepted(load, 40);
  // What is accepted now is only in the queue.
  const [worker] = boxoffice.workers as [SpawnedService];
  worker.kill('SIGSTOP');
  const readmit = await cutReplicas(master, cluster.servers);
  await untilAnswered(load, 20);
  const killedAt = performance.now();
  master.kill('SIGKILL');
  worker.kill('SIGCONT');
  await readmit();
  await eventually(async () => (await cluster.masterOf(tagOf(probe))) !== master, { timeoutMs: 30_000 });
  // The new master has no replica until the old one is back as one.
  await master.restart();
  const ms = await untilBooked(boxoffice, probe, killedAt);
  await untilAccepted(load, 40);
  await load.stop();
  for (const { status } of load.refused) expect(status).toBe(503);
  await expectNothingLost(boxoffice, load);
  report('Cluster, master killed, 1 acknowledgement', load, ms);
});
