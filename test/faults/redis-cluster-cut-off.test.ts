import { freePort } from '@boxoffice/local-servers/free-port';
import { startRedis } from '@boxoffice/local-servers/redis';
import type { Server } from '@boxoffice/local-servers/server';
import { AllQueues } from '@boxoffice/shared/all-queues';
import { queueName } from '@boxoffice/shared/partition';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, openPatientRedis } from '@boxoffice/shared/service/redis';
import { infoOfMasters } from '@boxoffice/shared/service/redis-masters';
import { RedisWatch } from '@boxoffice/shared/service/redis-watch';
import { eventually } from '@boxoffice/testing/eventually';
import { connectTo } from '@boxoffice/testing/replicated-redis';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import { type Cluster, Command } from 'ioredis';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { replicationObstacle, serverHome } from './failover.ts';

const password = 'cluster-of-the-tests';
/** Two masters, with half of the slots each. */
const firstSlots = [0, 8_192, 16_384];
const obstacle = await replicationObstacle();
interface Master {
  server: Server;
  /** The port on which the masters talk to each other. */
  busPort: number;
  /** The proxy that clients connect to. */
  proxy: TcpProxy;
}
let masters: Master[] = [];
beforeAll(async () => {
  if (obstacle) return;
  masters = await Promise.all(['first', 'second'].map(startMaster));
  const clients = masters.map(({ server }) => connectTo(server));
  for (const [index, client] of clients.entries())
    await client.call('CLUSTER', 'ADDSLOTSRANGE', firstSlots[index] ?? 0, (firstSlots[index + 1] ?? 0) - 1);
  await clients[0]?.call('CLUSTER', 'MEET', '127.0.0.1', String(masters[1]?.server.port), String(masters[1]?.busPort));
  const isComplete = async () =>
    (await Promise.all(clients.map((client) => client.cluster('INFO')))).every((info) =>
      /slots_ok:16384/.test(String(info)),
    );
  await eventually(isComplete, { timeoutMs: 20_000 });
  for (const client of clients) client.disconnect();
});
beforeEach((context) => context.skip(obstacle !== null, obstacle ?? ''));
afterAll(async () => {
  for (const { proxy } of masters) proxy.close();
  await Promise.all(masters.map(({ server }) => server.stop()));
});

/** Starts a master that clients reach through a proxy. */
async function startMaster(name: string): Promise<Master> {
  const { folderOf, binDir } = serverHome();
  const [port, busPort] = [await freePort(), await freePort()];
  const proxy = await TcpProxy.start(`redis://127.0.0.1:${port}`);
  const settings = {
    'cluster-enabled': 'yes',
    'cluster-port': String(busPort),
    'cluster-announce-ip': '127.0.0.1',
    'cluster-announce-port': new URL(proxy.url).port,
    'cluster-announce-bus-port': String(busPort),
  };
  const server = await startRedis({ dataDir: folderOf(name), binDir, port, password, settings });
  return { server, busPort, proxy };
}

/** The name of a queue on this master. */
function queueOn(master: number): string {
  const isThere = (key: string) => Math.floor(new Command('get', [key]).getSlot() / (firstSlots[1] ?? 1)) === master;
  return Array.from({ length: 64 }, (_, partition) => queueName(partition)).find(isThere) ?? '';
}

async function connect(open: typeof openPatientRedis): Promise<Cluster> {
  const nodes = masters.map(({ proxy }) => new URL(proxy.url).host);
  const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });
  const redis = open(`redis+cluster://:${password}@${nodes}`, logger) as Cluster;
  onTestFinished(() => redis.disconnect());
  await eventually(() => redis.status === 'ready');
  return redis;
}

/** Watches the masters of these keys, over a connection that is in constant use. */
async function watch(keys: string[]) {
  const redis = await connect(openPatientRedis);
  const handler = { unreachable: vi.fn(), reachable: vi.fn() };
  const watch = new RedisWatch(redis, { ...handler, keys: () => keys, intervalMs: 100 });
  watch.start();
  const use = setInterval(() => {
    for (const master of [0, 1]) redis.get(queueOn(master)).catch(() => undefined);
  }, 100);
  onTestFinished(() => {
    clearInterval(use);
    watch.stop();
  });
  /** The connection to a master, once it is ready. */
  const connectionTo = (master: number) =>
    eventually(() => {
      const port = Number(new URL(masters[master]?.proxy.url ?? '').port);
      return redis.nodes('master').find(({ options, status }) => options.port === port && status === 'ready');
    });
  await Promise.all([0, 1].map(connectionTo));
  return { redis, ...handler, connectionTo };
}

/** Cuts clients off from a master, like a network that drops every packet. Returns a function that ends this. */
function cutOff(master: number): () => void {
  const { proxy } = masters[master] as Master;
  proxy.acceptsInSilence = true;
  proxy.silence();
  const heal = () => {
    proxy.acceptsInSilence = false;
  };
  onTestFinished(heal);
  return heal;
}

it('Redis is unreachable when no master of the keys that matter responds, and connections to other masters stay open', async () => {
  const { unreachable, reachable, connectionTo } = await watch([queueOn(0)]);
  const other = await connectionTo(1);
  const heal = cutOff(0);
  await eventually(() => unreachable.mock.calls.length > 0);
  expect(await connectionTo(1)).toBe(other);
  expect(reachable).not.toHaveBeenCalled();
  heal();
  await eventually(() => reachable.mock.calls.length > 0, { timeoutMs: 10_000 });
  expect(unreachable).toHaveBeenCalledTimes(1);
});

it('Redis is reachable while one master of the keys that matter responds', async () => {
  const { redis, unreachable } = await watch([queueOn(0), queueOn(1)]);
  const dropped = vi.fn();
  redis.on('-node', dropped);
  cutOff(0);
  // A connection is dropped after two pings without a response. After five, Redis would count as unreachable.
  await eventually(() => dropped.mock.calls.length >= 4, { timeoutMs: 10_000 });
  expect(unreachable).not.toHaveBeenCalled();
});

it.each([openPatientRedis, openImpatientRedis])(
  'queues can be inspected on the other masters while one is silent (%o)',
  async (open) => {
    const redis = await connect(open);
    await Promise.all(redis.nodes('master').map((master) => master.flushall()));
    const [there, silent] = [queueOn(0), queueOn(1)];
    const queues = new AllQueues(redis);
    for (const name of [there, silent]) await redis.lpush(`bull:${name}:wait`, 'envelope');
    await redis.set(`bull:${there}:least`, 3);
    await redis.set(`bull:${silent}:least`, 5);
    const numbers = [there, silent].map((name) => Number(/\d+/.exec(name)));
    expect(await queues.findUnfinished()).toEqual({ unfinished: numbers.toSorted(), silent: [] });
    expect(await queues.greatestLeast()).toBe(5);
    cutOff(1);
    expect(await queues.greatestLeast()).toBe(3);
    const found = await queues.findUnfinished();
    expect([found.unfinished, found.silent.includes(numbers[1] as number)]).toEqual([[numbers[0]], true]);
    expect(await queues.acceptFrom(4)).toEqual(found.silent);
    expect(await redis.get(`bull:${there}:least`)).toBe('4');
    expect(await queues.areEmpty()).toBe(false);
  },
);

it('memory is watched on the other masters while one is silent', async () => {
  const redis = await connect(openImpatientRedis);
  expect(await infoOfMasters(redis, 'memory')).toHaveLength(2);
  cutOff(1);
  expect(await infoOfMasters(redis, 'memory')).toEqual([expect.stringContaining('used_memory')]);
});

it('Redis is unreachable when every connection is refused', async () => {
  const { unreachable } = await watch([]);
  for (const { proxy } of masters) proxy.close();
  await eventually(() => unreachable.mock.calls.length > 0);
});
