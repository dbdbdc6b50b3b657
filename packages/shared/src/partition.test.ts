import { eventually } from '@boxoffice/testing/eventually';
import { ownRedis } from '@boxoffice/testing/own-servers';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitPartitionCheck, checkPartitionCount, PartitionCountError, partitionOf, queueName } from './partition.ts';
import { createLogger } from './service/logging.ts';
import { openImpatientRedis } from './service/redis.ts';

describe('partitionOf', () => {
  it('spreads shows evenly and is deterministic', () => {
    const counts = Array<number>(8).fill(0);
    for (let show = 1; show <= 800; show++) {
      const partition = partitionOf(show, 8);
      expect(partitionOf(show, 8)).toBe(partition);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(counts).toEqual(Array(8).fill(100));
  });

  it('names its queue with a hash tag, so that all of its keys share a slot of a cluster', () => {
    expect(queueName(3)).toBe('{booking-3}');
  });
});

describe('checkPartitionCount', () => {
  let server: TestRedis;
  let redis: Redis;
  beforeEach(async () => {
    server = await createTestRedis();
    redis = new Redis(server.url);
  });
  afterEach(async () => {
    redis.disconnect();
    await server.drop();
  });

  it('records the first number and refuses another, explaining how to change it', async () => {
    await checkPartitionCount(redis, 8);
    await checkPartitionCount(redis, 8);
    await expect(checkPartitionCount(redis, 4)).rejects.toThrow(PartitionCountError);
    await expect(checkPartitionCount(redis, 4)).rejects.toThrow(
      /has 8 booking partitions, but BOOKING_PARTITIONS is 4\. Set it to 8; .*delete the Redis key boxoffice:partitions/,
    );
    await redis.del('boxoffice:partitions');
    await checkPartitionCount(redis, 4);
  });

  it('checks the number also while Redis refuses writes because its memory is full', async () => {
    const own = await ownRedis();
    const full = new Redis(own.url);
    await checkPartitionCount(full, 8);
    await full.config('SET', 'maxmemory', 1);
    await expect(full.set('anything', 1)).rejects.toThrow(/OOM/);
    await checkPartitionCount(full, 8);
    full.disconnect();
    await own.drop();
  });

  it('waits for Redis, also for one that accepts a connection and never answers', async () => {
    const proxy = await TcpProxy.start(server.url);
    proxy.acceptsInSilence = true;
    const impatient = openImpatientRedis(proxy.url, createLogger('gateway', { LOG_LEVEL: 'silent' }));
    try {
      const checked = awaitPartitionCheck(impatient, 8);
      await eventually(() => proxy.acceptedInSilence === 1);
      proxy.acceptsInSilence = false;
      await checked;
      expect(await redis.get('boxoffice:partitions')).toBe('8');
      await expect(awaitPartitionCheck(impatient, 4)).rejects.toThrow(PartitionCountError);
    } finally {
      impatient.disconnect();
      proxy.close();
    }
  });
});
