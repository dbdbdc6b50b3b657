import type { Redis } from 'ioredis';
import type { Logger } from './logging.ts';

/**
 * Subscribes to Redis channels over a connection that others may share, and again after every outage.
 * Messages published while the connection is down are lost.
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
    if (channels.includes(channel)) onMessage(message, channel);
  });
  const start = () =>
    subscriber
      .subscribe(...channels)
      .then(onSubscribed, (error: Error) => logger.error({ err: error, channels }, 'cannot subscribe'));
  subscriber.on('ready', () => void start());
  if (subscriber.status === 'ready') void start();
}
