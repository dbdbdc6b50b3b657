import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readEvents } from '@boxoffice/testing/events';
import { eventually } from '@boxoffice/testing/eventually';
import { afterEach, expect, test } from 'vitest';
import { EventStream, eventBytes, type StreamTimes } from './event-stream.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A stream, and a client that reads it. */
async function openStream(times: StreamTimes) {
  const opened = Promise.withResolvers<EventStream>();
  const server = createServer((_request, response) => opened.resolve(new EventStream(response, 1_500, times)));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reader = await readEvents(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return { stream: await opened.promise, reader };
}

/** More than a connection buffers while nobody reads. */
const large = eventBytes('large', 'x'.repeat(32 * 1_024 * 1_024));

test('sends the retry time, then the events, and heartbeats in between', async () => {
  const { stream, reader } = await openStream({ heartbeatMs: 50 });
  stream.send(eventBytes('greeting', { text: 'two\nlines' }, 'id-1'));
  expect(await reader.next()).toEqual({ event: 'greeting', data: { text: 'two\nlines' }, id: 'id-1' });
  await eventually(() => reader.text.endsWith(':\n\n:\n\n'));
  expect(reader.text.replaceAll(':\n\n', '')).toBe(
    'retry: 1500\n\nid: id-1\nevent: greeting\ndata: {"text":"two\\nlines"}\n\n',
  );
  expect(stream.sent).toBe(1);
});

test('a client that stops reading is behind, and has caught up once it has read everything', async () => {
  const { stream, reader } = await openStream({});
  let caughtUp = 0;
  stream.onCaughtUp(() => caughtUp++);
  reader.pause();
  stream.send(large);
  expect(caughtUp).toBe(0);
  reader.resume();
  await eventually(() => caughtUp === 1);
  expect(stream.isBehind).toBe(false);
  expect((await reader.next('large')).data).toHaveLength(32 * 1_024 * 1_024);
});

test('a client that stops reading is disconnected after a while', async () => {
  const { stream, reader } = await openStream({ heartbeatMs: 20, patienceMs: 100 });
  reader.pause();
  stream.send(large);
  await stream.closed;
  reader.resume();
  expect(await reader.ended).toBe(false);
});

test('ends after what was sent, and when its lifetime is over', async () => {
  const ended = await openStream({});
  ended.stream.send(eventBytes('last', 1));
  ended.stream.end();
  expect(await ended.reader.ended).toBe(true);
  expect(ended.reader.events).toEqual([{ event: 'last', data: 1 }]);
  ended.stream.send(eventBytes('late', 2));

  const old = await openStream({ lifetimeMs: 50 });
  expect(await old.reader.ended).toBe(true);
});

test('ends immediately for a client that is behind', async () => {
  const { stream, reader } = await openStream({});
  reader.pause();
  stream.send(large);
  stream.end();
  await stream.closed;
});

test('is closed from the beginning if the client has already disconnected', async () => {
  const opened = Promise.withResolvers<EventStream>();
  const server = createServer((_request, response) => {
    response.once('close', () => opened.resolve(new EventStream(response, 1_500)));
    response.socket?.destroy();
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await expect(readEvents(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).rejects.toThrow();
  await (await opened.promise).closed;
});
