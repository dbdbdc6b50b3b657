import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

const reconnect = { retryStrategy: () => 250 } satisfies RedisOptions;

/**
 * A connection for one who cannot wait: when Redis is away or slow every command is an error within
 * a second, and none is kept for later. A command that timed out may have happened all the same.
 */
export function openImpatientRedis(url: string, logger: Logger): Redis {
  return watched(
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

/** A connection for one who has nothing else to do: commands wait until Redis is there again. */
export function openPatientRedis(url: string, logger: Logger): Redis {
  return watched(new Redis(url, { ...reconnect, maxRetriesPerRequest: null }), logger);
}

/** Logs that the connection was lost and found, once each, instead of an error per attempt. */
function watched(redis: Redis, logger: Logger): Redis {
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
