import { startRedis, startSentinel } from '@boxoffice/local-servers/redis';
import type { Server } from '@boxoffice/local-servers/server';
import { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { connectTo, type ReplicatedRedis, type ServerHome } from './replicated-redis.ts';

const password = 'sentinels-of-the-tests';
const name = 'shows';
const sentinelCount = 3;
/** How long the master must be silent to count as down, in milliseconds: short, but longer than the pauses of a busy machine. */
const downAfterMs = 2_000;

export interface RedisSentinels extends ReplicatedRedis {
  /** The master, as the Sentinels see it. */
  master(): Promise<Server>;
}

/** Starts a master with two replicas, and three Sentinels that watch them. */
export async function startRedisSentinels({ folderOf, binDir }: ServerHome): Promise<RedisSentinels> {
  const settings = { masterauth: password, 'repl-diskless-sync-delay': '0' };
  const start = (server: string, more: Record<string, string> = {}) =>
    startRedis({ dataDir: folderOf(server), binDir, password, settings: { ...settings, ...more } });
  const original = await start('server-0');
  const replicaof = `127.0.0.1 ${original.port}`;
  const servers = [
    original,
    ...(await Promise.all(['server-1', 'server-2'].map((server) => start(server, { replicaof })))),
  ];
  const client = connectTo(original);
  await eventually(
    async () => /connected_slaves:2/.test(await client.info('replication')) && (await client.wait(2, 100)) === 2,
  );
  client.disconnect();
  const sentinels = await Promise.all(
    Array.from({ length: sentinelCount }, (_, number) =>
      startSentinel({
        ...{ dataDir: folderOf(`sentinel-${number}`), binDir, quorum: 2, downAfterMs },
        master: { name, port: original.port, password },
      }),
    ),
  );
  const clients = sentinels.map(({ url }) => new Redis(url));
  const [first] = clients as [Redis, ...Redis[]];
  // Sentinels discover each other and the replicas every few seconds. Versions that cannot be told to do so more often are merely slower.
  const hurry = ['INFO-PERIOD', '200', 'PUBLISH-PERIOD', '200'];
  const usual = ['INFO-PERIOD', '10000', 'PUBLISH-PERIOD', '2000'];
  for (const redis of clients) await redis.call('SENTINEL', 'DEBUG', ...hurry).catch(() => undefined);
  const isComplete = async (redis: Redis) => {
    const state = JSON.stringify(await redis.call('SENTINEL', 'MASTER', name));
    return ['num-slaves', 'num-other-sentinels'].every((field) => new RegExp(`"${field}"[,:]"2"`).test(state));
  };
  await eventually(async () => (await Promise.all(clients.map(isComplete))).every(Boolean), { timeoutMs: 30_000 });
  for (const redis of clients) await redis.call('SENTINEL', 'DEBUG', ...usual).catch(() => undefined);
  return {
    url: `redis+sentinel://:${password}@${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${name}`,
    servers,
    async master() {
      const [, port] = (await first.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)) as [string, string];
      return servers.find((server) => server.port === Number(port)) as Server;
    },
    async stop() {
      for (const redis of clients) redis.disconnect();
      await Promise.all([...sentinels, ...servers].map((server) => server.stop()));
    },
  };
}
