import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

const reconnect = {
  retryStrategy: () => 250,
  // How long a connection that we drop may take to close: its other end may be gone.
  disconnectTimeout: 250,
  // A primary that was demoted keeps its connections: only a new one leads to its successor.
  reconnectOnError: (error) => error.message.startsWith('READONLY'),
} satisfies RedisOptions;

/**
 * A connection that fails fast: while Redis is away or slow, every command fails within a second and none is
 * queued. A command that timed out may have been executed nevertheless.
 */
export function openImpatientRedis(url: string, logger: Logger): Redis {
  return logOutages(
    new Redis(url, {
      ...reconnect,
      connectTimeout: 1_000,
      commandTimeout: 1_000,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
    }),
    logger,
  );
}

/** A connection whose commands wait until Redis is back. */
export function openPatientRedis(url: string, logger: Logger): Redis {
  return logOutages(new Redis(url, { ...reconnect, maxRetriesPerRequest: null }), logger);
}

/** Logs once when the connection is lost and once when it is back, instead of an error per attempt. */
function logOutages(redis: Redis, logger: Logger): Redis {
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
