import type { Redis } from 'ioredis';
import type { Logger } from './logging.ts';

/**
 * Hears channels of Redis' pub/sub over a connection that others may share, after each outage again.
 * What is sent while the connection is away is lost.
 *
 * @param listener.onHearing called whenever nothing is missed from here on
 */
export function hear(
  { subscriber, logger }: { subscriber: Redis; logger: Logger },
  channels: string[],
  { onMessage, onHearing }: { onMessage: (message: string, channel: string) => void; onHearing?: () => void },
): void {
  subscriber.on('message', (channel, message) => {
    if (channels.includes(channel)) onMessage(message, channel);
  });
  const subscribe = () =>
    subscriber
      .subscribe(...channels)
      .then(onHearing, (error: Error) => logger.error({ err: error, channels }, 'cannot subscribe'));
  subscriber.on('ready', () => void subscribe());
  if (subscriber.status === 'ready') void subscribe();
}
