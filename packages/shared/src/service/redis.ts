import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from 'pino';

/** After a failover a connection may lead to a server that is a replica now: READONLY replies make it reconnect. */
export const isReadOnly = (error: Error): boolean => error.message.startsWith('READONLY');
const reconnect = {
  retryStrategy: () => 250,
  connectTimeout: 1_000,
  // How long a connection that we drop may take to close: its other end may be gone.
  disconnectTimeout: 250,
  reconnectOnError: isReadOnly,
} satisfies RedisOptions;
/** Reconnects, and sends the command that was refused again. */
const resend = 2;

/**
 * A connection that fails fast: while Redis is away or slow, every command fails within a second and none is
 * queued. A command that timed out may have been executed nevertheless. A connection whose other end is gone
 * without a trace is replaced, once its commands have had no reply for 2 s; one without commands is left alone.
 */
export function openImpatientRedis(url: string, logger: Logger): Redis {
  return logOutages(
    new Redis(url, {
      ...reconnect,
      commandTimeout: 1_000,
      socketTimeout: 2_000,
      maxRetriesPerRequest: 0,
      enableOfflineQueue: false,
    }),
    logger,
  );
}

/** A connection whose commands wait until Redis is back. */
export function openPatientRedis(url: string, logger: Logger): Redis {
  const options = { ...reconnect, maxRetriesPerRequest: null, reconnectOnError: patiently } satisfies RedisOptions;
  return logOutages(new Redis(url, options), logger);
}

function patiently(error: Error): typeof resend | false {
  return isReadOnly(error) && resend;
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
