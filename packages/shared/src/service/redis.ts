import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';
import { parseRedisUrl, type RedisTarget } from './redis-url.ts';

/** One server, the one that Sentinels name, or a cluster. */
export type RedisClient = Redis | Cluster;
type Sentinels = RedisTarget & { kind: 'sentinel' };
type ClusterNodes = RedisTarget & { kind: 'cluster' };
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
/** Makes ioredis reconnect, and resend the command that was refused. */
const resend = 2;

const impatience = { commandTimeout: 1_000, socketTimeout: 2_000 } satisfies Options;
const clusterImpatience = {
  enableOfflineQueue: false,
  maxRedirections: 5,
  // In addition to a command's time limit, which begins when the command is first sent.
  retryDelayOnFailover: 50,
} satisfies ClusterOptions;
const clusterReconnecting = {
  clusterRetryStrategy: () => retryMs,
  slotsRefreshTimeout: 1_000,
  // A slot may have a new master while the connection to the old one stays open and silent.
  slotsRefreshInterval: 5_000,
  // Keeps host names as they are: certificates are issued for names, not for the addresses behind them.
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
  const target = parseRedisUrl(url);
  if (target.kind === 'cluster') return openCluster(target, { redisOptions: impatience, ...clusterImpatience }, logger);
  const options = { ...reconnecting, ...impatience, maxRetriesPerRequest: 0, enableOfflineQueue: false };
  return openServer(url, target, options, logger);
}

/**
 * A connection whose commands wait until Redis is back. On a cluster, they wait for the master of their key, but fail
 * when every node is down.
 *
 * @throws {RedisUrlError}
 */
export function openPatientRedis(url: string, logger: Logger): RedisClient {
  const target = parseRedisUrl(url);
  return target.kind === 'cluster'
    ? openCluster(target, { redisOptions: { maxRetriesPerRequest: null }, maxRedirections: Infinity }, logger)
    : openServer(url, target, patient, logger);
}

/**
 * A connection for subscriptions. On a cluster any node will do, because every node forwards every message to all
 * others; after each outage it connects to the next one.
 *
 * @throws {RedisUrlError}
 */
export function openSubscriber(url: string, logger: Logger): Redis {
  const target = parseRedisUrl(url);
  if (target.kind !== 'cluster') return openServer(url, target, patient, logger);
  let node = Math.floor(Math.random() * target.nodes.length);
  // Not by the number of the attempt, which ioredis resets after each connection: a node that accepts connections but
  // forwards nothing would be chosen again and again.
  const retryStrategy = () => {
    node = (node + 1) % target.nodes.length;
    Object.assign(redis.options, target.nodes[node]);
    return retryMs;
  };
  const redis = new Redis({ ...target.nodes[node], ...loginOf(target), ...patient, retryStrategy });
  return logOutages(redis, logger);
}

/** Another connection to the same server or cluster. */
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

function openServer(url: string, target: Exclude<RedisTarget, ClusterNodes>, options: Options, logger: Logger): Redis {
  return logOutages(
    target.kind === 'server' ? new Redis(url, options) : new Redis(viaSentinels(target, options)),
    logger,
  );
}

function viaSentinels(target: Sentinels, options: Options): Options {
  const { sentinels, name, database, sentinelLogin, isTls } = target;
  return {
    ...{ sentinels, name, db: database, ...loginOf(target), ...options },
    ...(sentinelLogin.username !== undefined && { sentinelUsername: sentinelLogin.username }),
    ...(sentinelLogin.password !== undefined && { sentinelPassword: sentinelLogin.password }),
    ...(isTls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
  };
}

function openCluster(
  target: ClusterNodes,
  { redisOptions, ...options }: Omit<ClusterOptions, 'redisOptions'> & { redisOptions: Options },
  logger: Logger,
): Cluster {
  const cluster = new Cluster(target.nodes, {
    ...clusterReconnecting,
    ...options,
    redisOptions: { ...connecting, ...loginOf(target), ...redisOptions },
  });
  return logNodes(logOutages(cluster, logger), logger);
}

function loginOf({ login, isTls }: RedisTarget): Pick<Options, 'username' | 'password' | 'tls'> {
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

/** Does the same for each node of a cluster. */
function logNodes(cluster: Cluster, logger: Logger): Cluster {
  const away = new Set<string>();
  cluster.on('node error', (error: Error, node: string) => {
    if (!away.has(node)) logger.warn({ node, reason: error.message || error.name }, 'a redis node is away');
    away.add(node);
  });
  cluster.on('+node', (redis: Redis) => {
    redis.on('ready', () => {
      const node = `${redis.options.host}:${redis.options.port}`;
      if (away.delete(node)) logger.info({ node }, 'a redis node is back');
    });
  });
  return cluster;
}
