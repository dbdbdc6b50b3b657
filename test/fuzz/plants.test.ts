/** The fuzzer finds what is planted: a test of it that cannot find anything would prove nothing. */
import type { AddressInfo, Socket } from 'node:net';
import { problem } from '@boxoffice/shared/contracts/problems';
import { createHttp } from '@boxoffice/shared/service/http';
import { createLogger } from '@boxoffice/shared/service/logging';
import { expect, test } from 'vitest';
import { Random } from '../torture/random.ts';
import { runCampaign } from './campaign.ts';
import { type Document, readOperations } from './document.ts';

const headers = Object.fromEntries(
  [
    ...['content-security-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy', 'referrer-policy'],
    ...['x-content-type-options', 'x-frame-options'],
  ].map((name) => [name, 'x']),
);

const document: Document = {
  paths: {
    '/things/{id}/': {
      post: {
        parameters: [{ in: 'path', name: 'id', schema: { type: 'integer', minimum: 1 } }],
        requestBody: {
          content: {
            'application/json': {
              schema: { type: 'object', properties: { name: { type: 'string', maxLength: 20, example: 'a' } } },
            },
          },
        },
        responses: {
          '200': { content: { 'application/json': {} } },
          '401': { content: { 'application/problem+json': { examples: { unauthenticated: {} } } } },
          '400': { content: { 'application/problem+json': { examples: { validation_failed: {} } } } },
        },
      },
    },
  },
};

/** Sends a response; with `without`, it lacks this header. */
type Send = (status: number, body: unknown, options?: { type?: string; without?: string }) => void;
/** How a planted server responds to a request with this body; it may also write to the connection. */
type Respond = (send: Send, body: string, socket: Socket) => void;
const refuse = (send: Send) => send(400, problem('validation_failed'));

/** What the fuzzer finds in a server that responds in this way to everything that it is sent. */
async function findings(respond: Respond): Promise<string[]> {
  const { http } = createHttp({ logger: createLogger('planted', { LOG_LEVEL: 'silent' }), checks: {}, headers });
  http.post('/things/:id/', (request, reply) => {
    const send: Send = (status, body, { type, without = '' } = {}) => {
      const usual = status < 400 ? 'application/json' : 'application/problem+json';
      void reply
        .removeHeader(without)
        .code(status)
        .type(type ?? usual)
        .serializer(JSON.stringify)
        .send(body);
    };
    respond(send, request.bodyAsSent, request.raw.socket);
  });
  await http.listen({ host: '127.0.0.1', port: 0 });
  const tally = await runCampaign({
    port: (http.server.address() as AddressInfo).port,
    operations: readOperations(document),
    pages: ['/nowhere'],
    tokens: () => ({ anonymous: null, user: 'a.b.c', administrator: 'd.e.f' }),
    requests: 600,
    random: new Random(1),
  });
  await http.close();
  return tally.findings.map(({ what }) => what);
}

test('nothing, where every response is as documented', async () => {
  expect(await findings((send, body) => (body.length > 200 ? refuse(send) : send(200, {})))).toEqual([]);
});

test.each<[string, RegExp, Respond]>([
  [
    'a 500 for a lone surrogate',
    /^500 /,
    (send, body) => (/\\ud800/.test(body) ? send(500, problem('internal_error')) : refuse(send)),
  ],
  [
    'a status that is not documented',
    /^409 is not documented/,
    (send, body) => (/null/.test(body) ? send(409, problem('username_taken')) : refuse(send)),
  ],
  ['a code of another status', /^400 with a body/, (send) => send(400, problem('movie_not_found'))],
  ['an error that is no problem', /^400 as text\/plain/, (send) => send(400, 'no', { type: 'text/plain' })],
  [
    'a response without a security header',
    /^400 without referrer-policy$/,
    (send) => send(400, problem('validation_failed'), { without: 'referrer-policy' }),
  ],
  ['a success of another media type', /^200 as text\/html/, (send) => send(200, 'yes', { type: 'text/html' })],
  ['a valid token that is refused', /^401 although/, (send) => send(401, problem('unauthenticated'))],
  [
    'a second response',
    /^bytes that belong to no request: HTTP/,
    (send, _body, socket) => {
      refuse(send);
      setImmediate(() => socket.write('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n'));
    },
  ],
  [
    'a header that occurs twice',
    /^400 with x-twice more than once$/,
    (send, _body, socket) => {
      const write = socket.write.bind(socket);
      socket.write = ((text: string, ...more: never[]) =>
        write(String(text).replace('\r\n', '\r\nx-twice: 1\r\nx-twice: 1\r\n'), ...more)) as typeof socket.write;
      refuse(send);
      socket.write = write;
    },
  ],
  [
    'a response that always takes longer than a second',
    /no better alone$/,
    (send, body) => void (/\\u0000/.test(body) ? setTimeout(() => refuse(send), 1_100) : refuse(send)),
  ],
])('%s', async (_what, expected, respond) => {
  expect(await findings(respond)).toContainEqual(expect.stringMatching(expected));
});
