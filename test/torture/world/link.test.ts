import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '@boxoffice/local-servers/free-port';
import { eventually } from '@boxoffice/testing/eventually';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Link } from './link.ts';

let link: Link;
let server: Server;
let target: number;
let accepted: Socket[];
let arrived: string[];

beforeEach(async () => {
  accepted = [];
  arrived = [];
  target = await freePort();
  server = createServer((socket) => {
    const number = accepted.push(socket) - 1;
    arrived[number] = '';
    socket.setEncoding('utf8').on('data', (text) => {
      arrived[number] = (arrived[number] ?? '') + text;
    });
    socket.on('error', () => undefined);
  }).listen(target, '127.0.0.1');
  await once(server, 'listening');
  link = new Link({ name: 'a → b', port: await freePort(), target });
  await link.open();
});
afterEach(() => {
  link.close();
  for (const socket of accepted) socket.destroy();
  server.close();
});

async function open(): Promise<Socket> {
  const before = accepted.length;
  const socket = connect(link.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await eventually(() => accepted.length > before);
  return socket;
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

/** A word past the link: what crossed the link before it has arrived by then. */
async function roundTrip(): Promise<void> {
  const direct = connect(target, '127.0.0.1');
  const number = accepted.length;
  direct.write('ping');
  await eventually(() => arrived[number] === 'ping');
  direct.destroy();
}

test('passes bytes both ways, and the end of a connection', async () => {
  const socket = await open();
  socket.write('there');
  await eventually(() => arrived[0] === 'there');
  accepted[0]?.write('back');
  expect(String(await once(socket, 'data'))).toBe('back');
  socket.end();
  await once(accepted[0] as Socket, 'end');
});

test('never reorders within a connection, however the delays fall', async () => {
  let chunk = 0;
  const heal = link.disturb({ delayMs: () => (chunk++ % 2 === 0 ? 30 : 0) });
  const socket = await open();
  const sent = Array.from({ length: 40 }, (_, index) => `${index} `);
  for (const text of sent) {
    socket.write(text);
    await new Promise(setImmediate);
  }
  await eventually(() => arrived[0] === sent.join(''));
  heal();
});

test('lets one connection overtake another', async () => {
  const [slow, fast] = [await open(), await open()];
  link.disturb({ delayMs: (connection) => (connection === 0 ? 500 : 0) });
  slow.write('slow');
  fast.write('fast');
  await eventually(() => arrived[1] === 'fast');
  expect(arrived[0]).toBe('');
  await eventually(() => arrived[0] === 'slow');
});

test('holds everything while stalled, and passes it afterwards', async () => {
  const socket = await open();
  const heal = link.disturb({ stall: true });
  socket.write('held');
  socket.end();
  await roundTrip();
  expect(arrived[0]).toBe('');
  heal();
  await eventually(() => arrived[0] === 'held');
});

test('cut resets what is open and refuses what comes, until it ends', async () => {
  const socket = await open();
  const heal = link.disturb({ cut: true });
  await closed(socket);
  const refused = connect(link.port, '127.0.0.1');
  refused.on('error', () => undefined);
  await closed(refused);
  heal();
  await open();
});

test('drips', async () => {
  const socket = await open();
  link.disturb({ bytesPerSecond: 1_000 });
  const startedAt = performance.now();
  socket.write('x'.repeat(200));
  await eventually(() => arrived[0]?.length === 200);
  expect(performance.now() - startedAt).toBeGreaterThan(150);
});

test('silence: neither end hears of the other again, new connections do', async () => {
  const socket = await open();
  const reset = link.silence();
  let gone = false;
  socket.on('close', () => {
    gone = true;
  });
  socket.write('lost');
  accepted[0]?.destroy();
  const other = await open();
  other.write('new');
  await eventually(() => arrived[1] === 'new');
  expect(arrived[0]).toBe('');
  expect(gone).toBe(false);
  reset();
  await eventually(() => gone);
});
