import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openPatientRedis, type RedisClient } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PartitionConsumer } from './consumer.ts';
import { TurnMetrics } from './metrics.ts';

const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });

let server: TestRedis;
let proxy: TcpProxy;
/** Reaches Redis directly, as a gateway does. */
let direct: Redis;
let queue: EnvelopeQueue;
/** The consumer's connection, by way of the proxy. */
let redis: RedisClient;
let consumer: PartitionConsumer;
let decided: string[];
let givenUp: number;
/** Whether no other worker could serve the partition. */
let alone: boolean;
/** How often the connection on which a worker waits was ready. */
let ready: number;
beforeEach(async () => {
  server = await createTestRedis();
  proxy = await TcpProxy.start(server.url);
  direct = new Redis(server.url, { maxRetriesPerRequest: null });
  queue = new EnvelopeQueue(0, direct);
  redis = openPatientRedis(proxy.url, logger);
  decided = [];
  givenUp = 0;
  alone = false;
  ready = 0;
  const decide = async (requests: readonly BookingRequest[]) => {
    decided.push(...requests.map(({ id }) => id));
    return requests.map(({ id }) => ({ id, status: 'rejected' as const, problem: problem('seat_taken', 'Taken.') }));
  };
  const giveUp = () => {
    givenUp++;
    return !alone;
  };
  const metrics = new TurnMetrics(new Registry());
  const onReady = () => void ready++;
  const lease = { partition: 0, session: 1 };
  consumer = new PartitionConsumer(lease, {
    redis,
    turns: { decide },
    metrics,
    logger,
    giveUp,
    onReady,
    refuse: () => undefined,
  });
});
afterEach(async () => {
  consumer.abandon();
  redis.disconnect();
  await queue.close();
  direct.disconnect();
  proxy.close();
  await server.drop();
});

async function add(): Promise<string> {
  const envelopeId = newEnvelopeId(0);
  const id = requestId(envelopeId, 1, 0);
  const request = { kind: 'book' as const, id, show_id: 1, user_id: 1, seats: ['A1'], request_id: 'test' };
  await queue.add(envelopeId, { requests: [request], reply_to: 'nobody' });
  return id;
}

/** Ends the connection on which the consumer waits for envelopes. Other tests have consumers on the same server. */
async function endWaitingConnection(): Promise<void> {
  const pattern = new RegExp(`^id=(\\d+) .* db=${direct.options.db} .*cmd=bzpopmin`, 'm');
  const waiting = await eventually(async () => pattern.exec((await direct.client('LIST')) as string));
  await direct.client('KILL', 'ID', Number(waiting[1]));
}

describe('a consumer whose waiting connection is accepted but never answered', () => {
  beforeEach(async () => {
    const first = await add();
    await eventually(() => decided.includes(first));
    proxy.acceptsInSilence = true;
    await endWaitingConnection();
    await eventually(() => proxy.acceptedInSilence === 1);
  });

  /** Adds an envelope whenever the previous one was decided: the first are still fetched on the shared connection. */
  async function addUntil(reached: () => boolean): Promise<void> {
    for (let envelope = 0; envelope < 5 && !reached(); envelope++) {
      const next = await add();
      await eventually(() => reached() || decided.includes(next), { timeoutMs: 20_000 });
    }
    expect(reached()).toBe(true);
  }

  it('connects again, and serves as before once it can', async () => {
    await addUntil(() => proxy.acceptedInSilence === 2);
    proxy.acceptsInSilence = false;
    const waits = await add();
    await eventually(() => decided.includes(waits), { timeoutMs: 15_000 });
    const promptly = await add();
    await eventually(() => decided.includes(promptly), { timeoutMs: 1_000 });
    expect(givenUp).toBe(0);
  });

  it('gives the partition up when reconnecting does not help', async () => {
    await addUntil(() => givenUp > 0);
    expect(ready).toBe(1);
  });

  it('keeps connecting when no other worker could serve the partition', async () => {
    alone = true;
    await addUntil(() => givenUp > 0);
    proxy.acceptsInSilence = false;
    const waits = await add();
    await eventually(() => decided.includes(waits), { timeoutMs: 15_000 });
    await eventually(() => ready === 2);
  });
});
