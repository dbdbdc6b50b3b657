import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Logger } from './logging.ts';
import type { RedisClient } from './redis.ts';

/** How often a heartbeat is sent through Redis to a connection with subscriptions, in milliseconds. */
const heartbeatEveryMs = 1_000;
/** Heartbeats that may be sent and not received, in a row, before the connection is replaced. */
const lostHeartbeatLimit = 3;

/**
 * Subscribes to Redis channels over a connection that others may share, and again after every outage.
 * Messages published while the connection is down are lost. A message that the listener cannot handle is
 * logged and ignored: anyone who can publish could otherwise end the process.
 *
 * @param listener.onSubscribed called each time the subscription takes effect: no message is missed from then on,
 *   until the connection closes
 */
export function subscribe(
  { subscriber, logger }: { subscriber: Redis; logger: Logger },
  channels: string[],
  { onMessage, onSubscribed }: { onMessage: (message: string, channel: string) => void; onSubscribed?: () => void },
): void {
  subscriber.on('message', (channel, message) => {
    if (!channels.includes(channel)) return;
    try {
      onMessage(message, channel);
    } catch (error) {
      logger.error({ err: error, channel, message: message.slice(0, 200) }, 'ignored a malformed message');
    }
  });
  const start = () =>
    subscriber.subscribe(...channels).then(onSubscribed, (error: Error) => {
      logger.error({ err: error, channels }, 'cannot subscribe');
      // Nothing else would try again on a connection that stays open.
      if (subscriber.status === 'ready') subscriber.disconnect(true);
    });
  subscriber.on('ready', () => void start());
  if (subscriber.status === 'ready') void start();
}

/**
 * Replaces a connection with subscriptions that receives no messages: the other end may be gone without a
 * trace, may have forgotten the subscriptions, or may have accepted a new connection and never responded on it.
 * Heartbeats are published through Redis as every message is, so they find any reason for the silence. They
 * count in every state of the connection; one that is reconnecting has as long as any other.
 *
 * @param options.redis publishes the heartbeats; fails fast (openImpatientRedis)
 * @returns stops the heartbeats
 */
export function superviseSubscriptions(options: { subscriber: Redis; redis: RedisClient; logger: Logger }): () => void {
  const { subscriber, redis, logger } = options;
  const channel = `boxoffice:heartbeats:${randomUUID()}`;
  let lost = 0;
  const reset = () => {
    lost = 0;
  };
  subscribe(options, [channel], { onMessage: reset, onSubscribed: reset });
  const timer = setInterval(() => {
    if (lost >= lostHeartbeatLimit) {
      logger.warn('subscriptions are silent: reconnecting');
      reset();
      subscriber.disconnect(true);
      return;
    }
    // One that could not be sent proves nothing: neither that the subscriptions are silent nor that they are not.
    redis.publish(channel, '').then(
      () => lost++,
      () => undefined,
    );
  }, heartbeatEveryMs).unref();
  return () => clearInterval(timer);
}
