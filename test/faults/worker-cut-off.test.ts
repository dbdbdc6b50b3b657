import { connect, createServer, type Server, type Socket } from 'node:net';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { ownerOf } from '@boxoffice/testing/owner-of';
import type { SpawnedService } from '@boxoffice/testing/service';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
let proxy: Server;
const sockets = new Set<Socket>();
/** While it is stalled, connections stay open but carry nothing, as when a network drops every packet. */
let stalled = false;

beforeAll(async () => {
  boxoffice = await startBoxoffice();
  const { hostname, port } = new URL(boxoffice.redisUrl);
  proxy = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => void (stalled || to.write(bytes)));
      from.on('close', () => void (stalled || to.destroy()));
      from.on('error', () => undefined);
    }
  }).listen(0, '127.0.0.1');
  await eventually(() => proxy.listening);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  proxy.close();
  await boxoffice.stop();
});

it('gives its partitions up when it cannot reach Redis, and takes its share again afterwards', async () => {
  const [healthy] = boxoffice.workers as [SpawnedService];
  const url = new URL(boxoffice.redisUrl);
  url.hostname = '127.0.0.1';
  url.port = String((proxy.address() as { port: number }).port);
  const cutOff = await boxoffice.addWorker({ REDIS_URL: url.href });
  const shows = await Promise.all(Array.from({ length: 4 }, () => boxoffice.addShow()));
  const both = [healthy, cutOff];
  await ownerOf(boxoffice, shows[0] ?? 0, both);

  stalled = true;
  await cutOff.waitForLog(/redis does not respond/, 15_000);
  await ownerOf(boxoffice, shows[0] ?? 0, [healthy]);
  for (const show of shows) expect((await boxoffice.book(show, 'A1', { wait: 10 })).status).toBe(201);

  stalled = false;
  await eventually(() => ownerOf(boxoffice, shows[0] ?? 0, both), { timeoutMs: 30_000 });
  for (const show of shows) expect((await boxoffice.book(show, 'A2', { wait: 10 })).status).toBe(201);
});
