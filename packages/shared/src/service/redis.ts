import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { parseRedisUrl, type RedisPlace } from './redis-url.ts';

/** One server, the one that Sentinels name, or a cluster. */
export type RedisClient = Redis | Cluster;
type Sentinels = RedisPlace & { kind: 'sentinel' };
type ClusterNodes = RedisPlace & { kind: 'cluster' };
type Options = Omit<RedisOptions, 'replyMapping'>;

/** After a failover a connection may lead to a server that is a replica now: READONLY replies make it reconnect. */
export const isReadOnly = (error: Error): boolean => error.message.startsWith('READONLY');

const retryMs = 250;
const connecting = {
  connectTimeout: 1_000,
  // How long a connection that we drop may take to close: its other end may be gone.
  disconnectTimeout: 250,
} satisfies Options;
const reconnecting = {
  ...connecting,
  retryStrategy: () => retryMs,
  sentinelCommandTimeout: 1_000,
  reconnectOnError: isReadOnly,
} satisfies Options;
/** Reconnects, and sends the command that was refused again. */
const resend = 2;

const impatience = { commandTimeout: 1_000, socketTimeout: 2_000 } satisfies Options;
const clusterImpatience = {
  enableOfflineQueue: false,
  maxRedirections: 5,
  // Adds to the time limit of a command, which begins when it is first sent.
  retryDelayOnFailover: 50,
} satisfies ClusterOptions;
const clusterReconnecting = {
  clusterRetryStrategy: () => retryMs,
  slotsRefreshTimeout: 1_000,
  // Finds out who serves a slot now even if the connection to who did so stays open without a word.
  slotsRefreshInterval: 5_000,
  // Certificates are for names, not for the addresses behind them.
  dnsLookup: (host, found) => found(null, host),
} satisfies ClusterOptions;

/**
 * A connection that fails fast: while Redis is away or slow, every command fails within a second and none is
 * queued. A command that timed out may have been executed nevertheless. A connection whose other end is gone
 * without a trace is replaced, once its commands have had no reply for 2 s; one without commands is left alone.
 * On a cluster the same holds for each master.
 *
 * @throws {RedisUrlError}
 */
export function openImpatientRedis(url: string, logger: Logger): RedisClient {
  const place = parseRedisUrl(url);
  if (place.kind === 'cluster')
    return openCluster(place, { redisOptions: impatience, ...clusterImpatience }, logger);
  const options = { ...reconnecting, ...impatience, maxRetriesPerRequest: 0, enableOfflineQueue: false };
  return openServer(url, place, options, logger);
}

/**
 * A connection whose commands wait until Redis is back. On a cluster, they wait for the master of their key, but fail
 * when every node is away.
 *
 * @throws {RedisUrlError}
 */
export function openPatientRedis(url: string, logger: Logger): RedisClient {
  const place = parseRedisUrl(url);
  return place.kind === 'cluster'
    ? openCluster(place, { redisOptions: { maxRetriesPerRequest: null }, maxRedirections: Infinity }, logger)
    : openServer(url, place, patient, logger);
}

/**
 * A connection for subscriptions. On a cluster it leads to any node, and to another after each outage: every node
 * passes every message on to all others.
 *
 * @throws {RedisUrlError}
 */
export function openSubscriber(url: string, logger: Logger): Redis {
  const place = parseRedisUrl(url);
  if (place.kind !== 'cluster') return openServer(url, place, patient, logger);
  let node = Math.floor(Math.random() * place.nodes.length);
  // ioredis begins to count attempts anew after each connection: by that count, a node that accepts connections but passes
  // nothing on would be chosen again and again.
  const retryStrategy = () => {
    node = (node + 1) % place.nodes.length;
    Object.assign(redis.options, place.nodes[node]);
    return retryMs;
  };
  const redis = new Redis({ ...place.nodes[node], ...loginOf(place), ...patient, retryStrategy });
  return logOutages(redis, logger);
}

/** Another connection to the same place. */
export function duplicateRedis(redis: RedisClient, logger: Logger): RedisClient {
  return redis instanceof Cluster
    ? logNodes(logOutages(redis.duplicate(), logger), logger)
    : logOutages(redis.duplicate(), logger);
}

const patient = {
  ...reconnecting,
  maxRetriesPerRequest: null,
  reconnectOnError: (error: Error) => isReadOnly(error) && resend,
} satisfies Options;

function openServer(url: string, place: Exclude<RedisPlace, ClusterNodes>, options: Options, logger: Logger): Redis {
  return logOutages(
    place.kind === 'server' ? new Redis(url, options) : new Redis(viaSentinels(place, options)),
    logger,
  );
}

function viaSentinels(place: Sentinels, options: Options): Options {
  const { sentinels, name, database, sentinelLogin, isTls } = place;
  return {
    ...{ sentinels, name, db: database, ...loginOf(place), ...options },
    ...(sentinelLogin.username !== undefined && { sentinelUsername: sentinelLogin.username }),
    ...(sentinelLogin.password !== undefined && { sentinelPassword: sentinelLogin.password }),
    ...(isTls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  };
}

function openCluster(
  place: ClusterNodes,
  { redisOptions, ...options }: Omit<ClusterOptions, 'redisOptions'> & { redisOptions: Options },
  logger: Logger,
): Cluster {
  const cluster = new Cluster(place.nodes, {
    ...clusterReconnecting,
    ...options,
    redisOptions: { ...connecting, ...loginOf(place), ...redisOptions },
  });
  return logNodes(logOutages(cluster, logger), logger);
}

function loginOf({ login, isTls }: RedisPlace): Pick<Options, 'username' | 'password' | 'tls'> {
  return { ...login, ...(isTls && { tls: {} }) };
}

/** Logs once when the connection is lost and once when it is back, instead of an error per attempt. */
function logOutages<Client extends RedisClient>(redis: Client, logger: Logger): Client {
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away) logger.warn({ reason: error.message || error.name }, 'redis is away');
    away = true;
  });
  redis.on('ready', () => {
    if (away) logger.info('redis is back');
    away = false;
  });
  return redis;
}

/** The same for each node of a cluster. */
function logNodes(cluster: Cluster, logger: Logger): Cluster {
  const away = new Set<string>();
  cluster.on('node error', (error: Error, node: string) => {
    if (!away.has(node)) logger.warn({ node, reason: error.message || error.name }, 'a node of redis is away');
    away.add(node);
  });
  cluster.on('+node', (redis: Redis) => {
    redis.on('ready', () => {
      const node = `${redis.options.host}:${redis.options.port}`;
      if (away.delete(node)) logger.info({ node }, 'a node of redis is back');
    });
  });
  return cluster;
}
