import { freePort } from '@boxoffice/local-servers/free-port';
import { startRedis } from '@boxoffice/local-servers/redis';
import type { Server } from '@boxoffice/local-servers/server';
import type { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { connectTo, type ReplicatedRedis, type ServerHome } from './replicated-redis.ts';

const masterCount = 3;
const slotCount = 16_384;
const password = 'cluster-of-the-tests';
/** How long a node must be silent to count as down, in milliseconds: short, but longer than the pauses of a busy machine. */
const nodeTimeoutMs = 2_000;

export interface RedisCluster extends ReplicatedRedis {
  /** The master of a queue, or of any other hash tag. */
  masterOf(tag: string): Promise<Server>;
  /** Moves the slot of a hash tag to another master, while it is in use. */
  moveSlot(tag: string): Promise<void>;
}

/** Starts three masters with a replica each. */
export async function startRedisCluster(home: ServerHome): Promise<RedisCluster> {
  const servers = await Promise.all(Array.from({ length: 2 * masterCount }, (_, number) => startNode(home, number)));
  const clients = servers.map((server) => connectTo(server));
  const client = (index: number) => clients[index] as Redis;
  const addresses = servers.map(({ url }) => new URL(url).host);
  const ids: string[] = [];
  await Promise.all(
    clients.map(async (redis, index) => {
      ids[index] = (await redis.cluster('MYID')) as string;
      await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
      if (index < masterCount) await redis.call('CLUSTER', 'ADDSLOTSRANGE', ...slotsOf(index));
    }),
  );
  for (const server of servers)
    await client(0).call('CLUSTER', 'MEET', '127.0.0.1', String(server.port), busPorts.get(server) ?? '');
  await Promise.all(
    clients
      .slice(masterCount)
      .map((redis, index) =>
        eventually(() => redis.call('CLUSTER', 'REPLICATE', ids[index] ?? ''), { timeoutMs: 20_000 }),
      ),
  );
  await eventually(async () => (await Promise.all(clients.map(isComplete))).every(Boolean), { timeoutMs: 30_000 });

  /** Index of the server that is the master of a tag's slot, according to the first server that responds. */
  const indexOfMaster = async (tag: string): Promise<number> => {
    const slot = (await firstOf(clients, (redis) => redis.call('CLUSTER', 'KEYSLOT', tag))) as number;
    const ranges = (await firstOf(clients, (redis) => redis.call('CLUSTER', 'SLOTS'))) as [
      number,
      number,
      [string, number],
    ][];
    const range = ranges.find(([from, to]) => from <= slot && slot <= to);
    return servers.findIndex(({ port }) => port === range?.[2][1]);
  };
  return {
    url: `redis+cluster://:${password}@${addresses.join(',')}`,
    servers,
    masterOf: async (tag) => servers[await indexOfMaster(tag)] as Server,
    async moveSlot(tag) {
      const from = await indexOfMaster(tag);
      const slot = String(await client(from).call('CLUSTER', 'KEYSLOT', tag));
      const to = (await Promise.all(clients.map(isMaster))).findIndex((is, index) => is && index !== from);
      await client(to).call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from] ?? '');
      await client(from).call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[to] ?? '');
      for (;;) {
        const keys = (await client(from).call('CLUSTER', 'GETKEYSINSLOT', slot, '10')) as string[];
        if (keys.length === 0) break;
        const { port } = servers[to] as Server;
        const options = ['AUTH', password, 'KEYS', ...keys];
        await client(from).call('MIGRATE', '127.0.0.1', String(port), '', '0', '5000', ...options);
      }
      for (const index of [to, from]) await client(index).call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[to] ?? '');
    },
    async stop() {
      for (const redis of clients) redis.disconnect();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** The port on which nodes talk to each other. */
const busPorts = new WeakMap<Server, string>();

async function startNode({ folderOf, binDir }: ServerHome, number: number): Promise<Server> {
  const busPort = String(await freePort());
  const server = await startRedis({
    ...{ dataDir: folderOf(`node-${number}`), binDir, password },
    settings: {
      masterauth: password,
      'cluster-enabled': 'yes',
      'cluster-port': busPort,
      'cluster-node-timeout': String(nodeTimeoutMs),
      'cluster-require-full-coverage': 'no',
      'repl-diskless-sync-delay': '0',
    },
  });
  busPorts.set(server, busPort);
  return server;
}

function slotsOf(master: number): [from: string, to: string] {
  const boundary = (index: number) => Math.floor((index * slotCount) / masterCount);
  return [String(boundary(master)), String(boundary(master + 1) - 1)];
}

async function isComplete(redis: Redis): Promise<boolean> {
  const [cluster, replication] = [await redis.cluster('INFO'), await redis.info('replication')];
  const isKnown = String(cluster).includes(`cluster_known_nodes:${2 * masterCount}`);
  const isOk = String(cluster).includes('cluster_state:ok');
  return isKnown && isOk && /connected_slaves:1|master_link_status:up/.test(replication);
}

async function isMaster(redis: Redis): Promise<boolean> {
  return /role:master/.test(await redis.info('replication').catch(() => ''));
}

/** The response of the first server that responds. */
function firstOf(clients: Redis[], ask: (redis: Redis) => Promise<unknown>): Promise<unknown> {
  return Promise.any(clients.map(ask));
}
