import { once } from 'node:events';
import { createLogger } from '@boxoffice/shared/service/logging';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { subscribe, superviseSubscriptions } from './pub-sub.ts';
import { openImpatientRedis, openSubscriber, type RedisClient } from './redis.ts';

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
const channel = 'news';

let server: TestRedis;
let redis: RedisClient;
let subscriber: Redis;
let proxy: TcpProxy;
let received: string[];
let subscriptions: number;
beforeEach(async () => {
  server = await createTestRedis();
  proxy = await TcpProxy.start(server.url);
  redis = openImpatientRedis(server.url, logger);
  subscriber = openSubscriber(proxy.url, logger);
  received = [];
  subscriptions = 0;
  await eventually(() => redis.status === 'ready');
});
afterEach(async () => {
  redis.disconnect();
  subscriber.disconnect();
  proxy.close();
  await server.drop();
});

function listen(): void {
  subscribe({ subscriber, logger }, [channel], {
    onMessage: (message) => received.push(...(JSON.parse(message) as string[])),
    onSubscribed: () => subscriptions++,
  });
}

describe('subscribe', () => {
  it.each(['garbage', 'null', '{}'])('ignores a malformed message: %s', async (message) => {
    listen();
    await eventually(() => subscriptions === 1);
    // An exception here would end the process.
    expect(() => subscriber.emit('message', channel, message)).not.toThrow();
    await redis.publish(channel, '["well-formed"]');
    await eventually(() => received.length > 0);
    expect(received).toEqual(['well-formed']);
  });
});

describe('superviseSubscriptions', () => {
  it('replaces within 5 s a connection whose other end is gone without a trace', async () => {
    listen();
    const stop = superviseSubscriptions({ subscriber, redis, logger });
    await eventually(() => subscriptions === 1);
    proxy.silence();
    const silentSince = performance.now();
    await eventually(() => subscriptions === 2);
    expect(performance.now() - silentSince).toBeLessThan(5_000);
    await redis.publish(channel, '["received"]');
    await eventually(() => received.length > 0);
    stop();
  });

  it('replaces a silent connection although some heartbeats cannot be sent', async () => {
    listen();
    let beats = 0;
    const publish = (...message: [string, string]) =>
      ++beats % 2 ? redis.publish(...message) : Promise.reject(new Error('Command timed out'));
    const stop = superviseSubscriptions({ subscriber, redis: { publish } as unknown as Redis, logger });
    await eventually(() => subscriptions === 1);
    proxy.silence();
    await eventually(() => subscriptions === 2);
    stop();
  });

  it('heals a connection whose reconnect is accepted but never answered', async () => {
    listen();
    const stop = superviseSubscriptions({ subscriber, redis, logger });
    await eventually(() => subscriptions === 1);
    proxy.acceptsInSilence = true;
    const connected = once(subscriber, 'connect');
    subscriber.disconnect(true);
    await connected;
    proxy.acceptsInSilence = false;
    await eventually(() => subscriptions === 2);
    await redis.publish(channel, '["received"]');
    await eventually(() => received.length > 0);
    stop();
  });

  it('leaves a connection alone that receives its heartbeats', async () => {
    listen();
    const stop = superviseSubscriptions({ subscriber, redis, logger });
    await eventually(() => subscriptions === 1);
    let beats = 0;
    subscriber.on('message', () => beats++);
    await eventually(() => beats >= 4);
    expect(subscriptions).toBe(1);
    stop();
  });
});
