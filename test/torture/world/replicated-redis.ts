import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Server } from '@boxoffice/local-servers/server';
import { queueName } from '@boxoffice/shared/partition';
import { startRedisCluster } from '@boxoffice/testing/redis-cluster';
import { startRedisSentinels } from '@boxoffice/testing/redis-sentinels';
import { onExit } from './on-exit.ts';

/** How Redis is run: one server, three with Sentinels, or a cluster of six. */
export const redisKinds = ['single', 'sentinel', 'cluster'] as const;
export type RedisKind = (typeof redisKinds)[number];

/** How often the current master is looked up, in milliseconds. */
const lookUpEveryMs = 250;

/** Redis servers that replicate each other, treated as one: a fault hits a server that is a master when the fault begins. */
export async function startReplicatedRedis(kind: 'sentinel' | 'cluster', folder: string, binDir: string) {
  const folderOf = (name: string) => {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    return own;
  };
  const { group, findMaster } = await (kind === 'cluster' ? cluster : sentinels)({ folderOf, binDir });
  const forget = onExit(() => {
    for (const server of group.servers) server.kill('SIGKILL');
  });
  let master = await findMaster();
  let struck: Server | null = null;
  const timer = setInterval(() => {
    findMaster().then(
      (found) => (master = found ?? master),
      () => undefined,
    );
  }, lookUpEveryMs);
  const server: Server = {
    name: 'Redis',
    url: group.url,
    port: master.port,
    get pid() {
      return (struck ?? master).pid;
    },
    kill(signal) {
      struck ??= master;
      struck.kill(signal);
      if (signal === 'SIGCONT') struck = null;
    },
    async restart() {
      await struck?.restart();
      struck = null;
    },
    async stop() {
      clearInterval(timer);
      await group.stop();
      forget();
    },
    onDeath: () => undefined,
  };
  return { server, first: group.servers[0] as Server };
}

type Home = Parameters<typeof startRedisCluster>[0];

async function sentinels(home: Home) {
  const group = await startRedisSentinels(home);
  return { group, findMaster: () => group.master() };
}

async function cluster(home: Home) {
  const group = await startRedisCluster(home);
  let next = 0;
  return { group, findMaster: () => group.masterOf(queueName(next++ % 4)) };
}
