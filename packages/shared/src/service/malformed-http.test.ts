import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ProblemError } from '../contracts/problems.ts';
import { createHttp, type Http } from './http.ts';

const lines: { level: number; msg: string }[] = [];
const log = new Writable({
  write(line, _encoding, done) {
    lines.push(JSON.parse(String(line)));
    done();
  },
});
let http: Http;
let port: number;
/** Lets the route `/slow` respond. */
let respond: () => void;
const arrived: (() => void)[] = [];
beforeAll(async () => {
  const headers = { 'x-content-type-options': 'nosniff' };
  ({ http } = createHttp({ logger: pino(log), checks: {}, headers }));
  http.get('/fine', async () => 'fine');
  http.get('/slow', async () => {
    arrived.shift()?.();
    await new Promise<void>((resolve) => {
      respond = resolve;
    });
    return 'slow';
  });
  http.post('/fine', async () => 'fine');
  const refuse = async () => {
    throw new ProblemError('unauthenticated', 'No.');
  };
  http.post('/refused', { onRequest: refuse }, async () => 'fine');
  await http.listen({ host: '127.0.0.1', port: 0 });
  ({ port } = http.server.address() as AddressInfo);
});
afterAll(() => http.close());
beforeEach(() => {
  lines.length = 0;
});

/** Sends bytes, and returns everything that the server sends until it closes the connection. */
async function exchange(...chunks: (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  for (const chunk of chunks) socket.write(chunk);
  return text(socket);
}

function parse(response: string) {
  const [head = '', body = ''] = response.split('\r\n\r\n');
  const [status, ...fields] = head.split('\r\n');
  const headers = Object.fromEntries(fields.map((field) => field.toLowerCase().split(': ', 2)));
  return { status: Number(status?.split(' ')[1]), headers, body: JSON.parse(body) };
}

const many = Array.from({ length: 3_000 }, (_, index) => `x-${index}: 1\r\n`).join('');

test.each([
  ['no request line', 'nonsense\r\n\r\n', 'validation_failed', 400],
  ['an unknown method', 'BREW /fine HTTP/1.1\r\nhost: a\r\n\r\n', 'validation_failed', 400],
  ['no host', 'GET /fine HTTP/1.1\r\nconnection: close\r\n\r\n', 'validation_failed', 400],
  ['a control character in a header', 'GET /fine HTTP/1.1\r\nhost: a\r\nx: \x01\r\n\r\n', 'validation_failed', 400],
  [
    'both a length and chunks',
    'POST /fine HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    'validation_failed',
    400,
  ],
  [
    'a chunk without a length',
    'POST /fine HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n',
    'validation_failed',
    400,
  ],
  [
    'an escape that is none',
    'GET /fine/%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
    'validation_failed',
    400,
  ],
  ['the preface of HTTP/2', 'PRI *!HTTP/2.0\r\n\r\n', 'validation_failed', 400],
  ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n', 'validation_failed', 400],
  ['a long URL', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 'headers_too_large', 431],
  ['large headers', `GET /fine HTTP/1.1\r\nhost: a\r\n${many}\r\n`, 'headers_too_large', 431],
  [
    'an unknown expectation',
    'POST /fine HTTP/1.1\r\nhost: a\r\nexpect: a miracle\r\ncontent-length: 0\r\n\r\n',
    'expectation_failed',
    417,
  ],
])('%s is answered with a problem and the headers of every response', async (_what, request, code, status) => {
  const response = parse(await exchange(request));
  expect(response.status).toBe(status);
  expect(response.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  });
  expect(response.body).toMatchObject({ code, status, type: `urn:boxoffice:problem:${code}` });
  expect(lines.map(({ level, msg }) => [level, msg])).toEqual([[30, expect.stringMatching(/request$/)]]);
});

test('a malformed request behind one that is being answered closes the connection without a response', async () => {
  const reached = new Promise<void>((resolve) => arrived.push(resolve));
  const socket = connect(port, '127.0.0.1');
  const received = text(socket);
  socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n');
  await reached;
  socket.write('nonsense\r\n\r\n');
  await once(socket, 'close');
  respond();
  expect(await received).toBe('');
});

test('a CONNECT behind a request that is being answered closes the connection without a response', async () => {
  const reached = new Promise<void>((resolve) => arrived.push(resolve));
  const socket = connect(port, '127.0.0.1');
  const received = text(socket);
  socket.write('GET /slow HTTP/1.1\r\nhost: a\r\n\r\n');
  await reached;
  socket.write('CONNECT example.com:443 HTTP/1.1\r\nhost: example.com:443\r\n\r\n');
  await once(socket, 'close');
  respond();
  expect(await received).toBe('');
});

test('a malformed request behind an answered one is answered', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write('GET /fine HTTP/1.1\r\nhost: a\r\n\r\n');
  await once(socket, 'data');
  socket.write('nonsense\r\n\r\n');
  expect(parse(await text(socket)).body).toMatchObject({ code: 'validation_failed' });
});

describe('a request that is refused before its body has arrived', () => {
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;

  test.each([
    ['by a hook', '/refused', 401],
    ['by the router', '/%zz', 400],
  ])('%s gets one response, and the connection is closed', async (_by, path, status) => {
    const socket = connect(port, '127.0.0.1');
    let response = '';
    socket.on('data', (chunk) => {
      response += chunk;
    });
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(head(path));
    await once(socket, 'data');
    // Where the body would be: on an open connection, this gets a second response.
    socket.write('zz\r\n');
    await closed;
    expect(response.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    expect(parse(response).headers).toMatchObject({ connection: 'close' });
  });

  test('but a connection stays open when the body came with the request', async () => {
    const socket = connect(port, '127.0.0.1');
    const received = text(socket);
    socket.write(`${head('/refused')}2\r\n{}\r\n0\r\n\r\n`);
    await once(socket, 'readable');
    socket.write('GET /fine HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect((await received).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 200']);
  });
});

test('an HTTP/1.0 request needs no host', async () => {
  expect(await exchange('GET /fine HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 OK\r\n/);
});
