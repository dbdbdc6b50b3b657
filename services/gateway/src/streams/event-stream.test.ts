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

/** A stream and who reads it. */
async function open(times: StreamTimes) {
  const opened = Promise.withResolvers<EventStream>();
  const server = createServer((_request, response) => opened.resolve(new EventStream(response, 1_500, times)));
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const reader = await readEvents(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return { stream: await opened.promise, reader };
}

/** More than a connection takes from who sends, when nobody reads. */
const large = eventBytes('large', 'x'.repeat(32 * 1_024 * 1_024));

test('says when to come again, then what is sent, and that it lives while nothing is', async () => {
  const { stream, reader } = await open({ heartbeatMs: 50 });
  stream.send(eventBytes('greeting', { text: 'two\nlines' }, 'id-1'));
  expect(await reader.next()).toEqual({ event: 'greeting', data: { text: 'two\nlines' }, id: 'id-1' });
  await eventually(() => reader.text.endsWith(':\n\n:\n\n'));
  expect(reader.text.replaceAll(':\n\n', '')).toBe(
    'retry: 1500\n\nid: id-1\nevent: greeting\ndata: {"text":"two\\nlines"}\n\n',
  );
  expect(stream.sent).toBe(1);
});

test('a client that does not read is behind at once, and caught up once it has read', async () => {
  const { stream, reader } = await open({});
  let caughtUp = 0;
  stream.onCaughtUp = () => caughtUp++;
  reader.pause();
  stream.send(large);
  expect(caughtUp).toBe(0);
  reader.resume();
  await eventually(() => caughtUp === 1);
  expect(stream.isBehind).toBe(false);
  expect((await reader.next('large')).data).toHaveLength(32 * 1_024 * 1_024);
});

test('a client that does not read for long is cut off', async () => {
  const { stream, reader } = await open({ heartbeatMs: 20, patienceMs: 100 });
  reader.pause();
  stream.send(large);
  await stream.closed;
  reader.resume();
  expect(await reader.ended).toBe(false);
});

test('ends behind what was sent, also when its time is over', async () => {
  const ended = await open({});
  ended.stream.send(eventBytes('last', 1));
  ended.stream.end();
  expect(await ended.reader.ended).toBe(true);
  expect(ended.reader.events).toEqual([{ event: 'last', data: 1 }]);
  ended.stream.send(eventBytes('late', 2));

  const old = await open({ lifetimeMs: 50 });
  expect(await old.reader.ended).toBe(true);
});

test('ends at once for who is behind: nothing waits for them', async () => {
  const { stream, reader } = await open({});
  reader.pause();
  stream.send(large);
  stream.end();
  await stream.closed;
});

test('is closed from the beginning for who has gone meanwhile', async () => {
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
