import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis } from '@boxoffice/testing/redis';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createLogger } from './logging.ts';
import { openImpatientRedis, openPatientRedis, openSubscriber } from './redis.ts';

const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });

/** A server that never accepts: once its backlog is full, the kernel drops whatever asks for a connection. */
const deafServer = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;

let thread: Worker;
let port: number;
const backlog: Socket[] = [];
beforeAll(async () => {
  thread = new Worker(deafServer, { eval: true });
  [port] = (await once(thread, 'message')) as [number];
  for (let connection = 0; connection < 4; connection++) backlog.push(connect(port, '127.0.0.1'));
  for (const socket of backlog) socket.on('error', () => undefined);
  await Promise.all(backlog.slice(0, 2).map((socket) => once(socket, 'connect')));
});
afterAll(async () => {
  for (const socket of backlog) socket.destroy();
  await thread.terminate();
});

it.each([
  { kind: 'impatient', open: openImpatientRedis },
  { kind: 'patient', open: openPatientRedis },
])('an attempt to connect ends after about a second, and is repeated: $kind', async ({ open }) => {
  const redis = open(`redis://127.0.0.1:${port}`, logger);
  const startedAt = performance.now();
  for (let attempt = 0; attempt < 2; attempt++) {
    const [error] = (await once(redis, 'error')) as [Error & { code?: string }];
    expect(error.code ?? error.message).toBe('ETIMEDOUT');
  }
  redis.disconnect();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});

/** An impatient connection by way of a proxy. */
async function openByProxy() {
  const server = await createTestRedis();
  const proxy = await TcpProxy.start(server.url);
  const redis = openImpatientRedis(proxy.url, logger);
  onTestFinished(async () => {
    redis.disconnect();
    proxy.close();
    await server.drop();
  });
  await once(redis, 'ready');
  return { proxy, redis };
}

it('an impatient connection whose other end is gone without a trace is replaced within 4 s', async () => {
  const { proxy, redis } = await openByProxy();
  proxy.silence();
  await expect(redis.ping()).rejects.toThrow('Command timed out');
  await eventually(() => redis.ping(), { timeoutMs: 4_000 });
});

it('an impatient connection without commands is left alone', async () => {
  const { redis } = await openByProxy();
  await redis.ping();
  let closed = 0;
  redis.on('close', () => closed++);
  const since = performance.now();
  await eventually(() => closed > 0 || performance.now() - since > 2_500);
  expect(closed).toBe(0);
  expect(await redis.ping()).toBe('PONG');
});

it('a subscriber to a cluster moves on to the next node each time its connection breaks', async () => {
  const server = await createTestRedis();
  const nodes = await Promise.all([1, 2, 3].map(() => TcpProxy.start(server.url)));
  const ports = nodes.map(({ url }) => new URL(url).port);
  const { password } = new URL(server.url);
  const redis = openSubscriber(`redis+cluster://:${password}@${ports.map((one) => `127.0.0.1:${one}`)}`, logger);
  onTestFinished(async () => {
    redis.disconnect();
    for (const node of nodes) node.close();
    await server.drop();
  });
  const visited: number[] = [];
  for (let connection = 0; connection < 4; connection++) {
    await once(redis, 'ready');
    visited.push(ports.indexOf(String(redis.options.port)));
    redis.disconnect(true);
  }
  const [first = 0] = visited;
  expect(visited).toEqual([0, 1, 2, 3].map((step) => (first + step) % nodes.length));
});
