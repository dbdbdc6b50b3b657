import type { Random } from '../torture/random.ts';
import type { FuzzRequest } from './request.ts';

const post = 'POST /api/auth/login/ HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const get = 'GET /api/movies/ HTTP/1.1\r\n';

/** Requests that HTTP does not allow, and others that few clients send. */
const heads: readonly string[] = [
  ...['', '\r\n\r\n\r\n', '\0\0\0\0', 'nonsense\r\n\r\n', 'GET\r\n\r\n', 'GET /\r\n\r\n', 'GET / HTTP/0.9\r\n\r\n'],
  ...['GET / HTTP/1.0\r\n\r\n', 'GET / HTTP/2.0\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', 'GET / http/1.1\r\n\r\n'],
  ...[
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'get / HTTP/1.1\r\nHost: a\r\n\r\n',
  ],
  ...[
    'BREW / HTTP/1.1\r\nHost: a\r\n\r\n',
    'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET * HTTP/1.1\r\nHost: a\r\n\r\n',
  ],
  ...[
    'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n',
    'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n',
    'QUERY / HTTP/1.1\r\nHost: a\r\n\r\n',
  ],
  ...['GET http://evil.example/api/movies/ HTTP/1.1\r\nHost: a\r\n\r\n', 'GET //a/b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ...[
    'GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n',
  ],
  ...[
    'GET api HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET ? HTTP/1.1\r\nHost: a\r\n\r\n',
    'GET /#x HTTP/1.1\r\nHost: a\r\n\r\n',
  ],
  ...[
    `${get}\r\n`,
    `${get}Host: a\r\nHost: b\r\n\r\n`,
    `${get}Host:\r\n\r\n`,
    `${get}Host: a b\r\n\r\n`,
    `${get}host : a\r\n\r\n`,
  ],
  ...[
    `${get}Host: a\r\n folded\r\n\r\n`,
    `${get}Host: a\nX: y\n\n`,
    `${get}: a\r\nHost: a\r\n\r\n`,
    `${get}Host: a\r\nX\r\n\r\n`,
  ],
  ...[
    `${get}Host: a\r\nX: \x01\r\n\r\n`,
    `${get}Host: a\r\nX: \x7f\r\n\r\n`,
    `${get}Host: a\r\nX y: z\r\n\r\n`,
    `${get}Host: a\r\n`,
  ],
  ...[`${get}Host: a\r\n${'X: y\r\n'.repeat(4_000)}\r\n`, `${get}Host: a\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`],
  ...[
    `GET /${'x'.repeat(70_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    `GET /?${'x=y&'.repeat(3_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
  ],
  ...[`${get}Host: a\r\nExpect: a miracle\r\n\r\n`, `${get}Host: a\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n`],
  ...[
    `${get}Host: a\r\nContent-Length: 5\r\n\r\nabc`,
    `${post}Content-Length: -1\r\n\r\n`,
    `${post}Content-Length: 1e3\r\n\r\n`,
  ],
  ...[
    `${post}Content-Length: 99999999999999999999\r\n\r\n`,
    `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x`,
  ],
  ...[
    `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
  ],
  ...[`${post}Transfer-Encoding: gzip\r\n\r\n{}`, `${post}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
  ...[
    `${post}Transfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    `${post}Content-Length: 2\r\n\r\n{}{}`,
  ],
  ...[
    `${post}Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n`,
    `${post}Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n`,
  ],
  ...[
    `${post}Transfer-Encoding: chunked\r\n\r\n2\r\n{}`,
    `${get}Host: a\r\n\r\nnonsense\r\n\r\n`,
    `${get}Host: a\r\n\r\n${get}Host: a\r\n\r\n`,
  ],
];

/** Bytes that are a request or nearly one, with some of them changed at times. */
export function rawRequest(random: Random): FuzzRequest {
  let head = random.pick(heads);
  while (head.length > 0 && random.chance(0.3)) {
    const at = random.integer(0, Math.min(head.length - 1, 200));
    const byte = String.fromCharCode(random.integer(0, 255));
    const cut = random.pick([0, 1, 1, 5]);
    head = `${head.slice(0, at)}${random.chance(0.7) ? byte : ''}${head.slice(at + cut)}`;
  }
  return {
    ...{ target: 'malformed HTTP', persona: 'anonymous', operation: null, method: 'GET', head, isRaw: true },
    ...{ body: Buffer.alloc(0), tolerated: [], isAuthenticated: false },
  };
}
