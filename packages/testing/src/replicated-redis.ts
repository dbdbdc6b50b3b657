import type { Server } from '@boxoffice/local-servers/server';
import { Redis } from 'ioredis';

/** Redis servers that replicate each other. */
export interface ReplicatedRedis {
  /** REDIS_URL for the services. */
  url: string;
  servers: Server[];
  stop(): Promise<void>;
}

/** Where the servers' data and program are. */
export interface ServerHome {
  /** A folder for one server. */
  folderOf(name: string): string;
  binDir: string;
}

/**
 * Cuts a master off from its replicas, and keeps them from reconnecting. Returns a function that lets them reconnect, to this
 * master or to the one that has replaced it.
 */
export async function cutReplicas(master: Server, servers: readonly Server[]): Promise<() => Promise<void>> {
  const others = servers.filter((server) => server !== master);
  const admit = (password: string) =>
    Promise.all(others.map((server) => once(server, (redis) => redis.config('SET', 'masterauth', password))));
  await admit('wrong');
  await once(master, (redis) => redis.call('CLIENT', 'KILL', 'TYPE', 'replica'));
  return async () => void (await admit(new URL(master.url).password));
}

async function once(server: Server, command: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = connectTo(server);
  await command(redis).finally(() => redis.disconnect());
}

/** A connection to one server, whose commands fail while the server is down. */
export function connectTo({ url }: Server): Redis {
  const redis = new Redis(url, { maxRetriesPerRequest: 20, retryStrategy: () => 100, commandTimeout: 5_000 });
  redis.on('error', () => undefined);
  return redis;
}
