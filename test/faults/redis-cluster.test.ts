import type { Server } from '@boxoffice/local-servers/server';
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
  boxoffice = await startBoxoffice({ env: { REDIS_URL: cluster.url, REDIS_REPLICA_ACKS: '1' } });
});
beforeEach((context) => context.skip(obstacle !== null, obstacle ?? ''));
afterAll(async () => {
  await boxoffice?.stop();
  await cluster?.stop();
});

/** Four shows for the load, one per partition, and four more that only the test books. */
async function addShows(): Promise<{ shows: number[]; probe: number; probes: number[] }> {
  const ids: number[] = [];
  for (let count = 0; count < 2 * partitions.length; count++) ids.push(await boxoffice.addShow());
  const probes = ids.slice(partitions.length);
  return { shows: ids.slice(0, partitions.length), probe: probes[0] ?? 0, probes };
}
/** A show whose partition is on another master. */
async function findElsewhere(shows: number[], master: Server): Promise<number> {
  const masters = await Promise.all(shows.map((show) => cluster.masterOf(tagOf(show))));
  return shows[masters.findIndex((other) => other !== master)] ?? 0;
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
  // Jobs wait in the queue while it moves.
  const [worker] = boxoffice.workers as [SpawnedService];
  worker.kill('SIGSTOP');
  await untilAccepted(load, 20);
  const movedAt = performance.now();
  await cluster.moveSlot(tagOf(probe));
  worker.kill('SIGCONT');
  const ms = await untilBooked(boxoffice, probe, movedAt);
  await untilAccepted(load, 40);
  await load.stop();
  await expectNothingLost(boxoffice, load);
  report('Cluster, a slot moves under load', load, ms);
});

it('loses nothing when a master is killed under load before it has replicated its latest writes', async () => {
  const { shows, probe, probes } = await addShows();
  const master = await cluster.masterOf(tagOf(probe));
  const load = startLoad(boxoffice, shows);
  onTestFinished(load.stop);
  await untilAccepted(load, 40);
  // From now on, accepted requests exist only in the queue.
  const [worker] = boxoffice.workers as [SpawnedService];
  worker.kill('SIGSTOP');
  const readmit = await cutReplicas(master, cluster.servers);
  await untilAnswered(load, 20);
  const killedAt = performance.now();
  master.kill('SIGKILL');
  worker.kill('SIGCONT');
  await readmit();
  expect((await boxoffice.book(await findElsewhere(probes, master), '100', { user: 98 })).status).toBe(202);
  await eventually(async () => (await cluster.masterOf(tagOf(probe))) !== master, { timeoutMs: 30_000 });
  // The new master has no replica until the old master returns as one.
  await master.restart();
  const ms = await untilBooked(boxoffice, probe, killedAt);
  await untilAccepted(load, 40);
  await load.stop();
  for (const { status } of load.refused) expect(status).toBe(503);
  await expectNothingLost(boxoffice, load);
  report('Cluster, master killed, 1 acknowledgement', load, ms);
});
