import type { Random } from '../torture/random.ts';
import { bodyFor } from './bodies.ts';
import type { Operation } from './document.ts';
import { authorization, type Header, headOf, randomHeaders } from './headers.ts';
import { type FuzzRequest, idPlaceholder, type Persona, personas } from './request.ts';
import { hostileTexts, textFor } from './values.ts';

export type Tokens = Readonly<Record<Persona, string | null>>;

const ids = ['1', '2', '3', '4', '5', '9', '17', '2147483647', '0', '-1', '99999999999', idPlaceholder, idPlaceholder];
/** Not what percent-encoding allows; an encoded slash; more than a parameter may have. */
const oddSegments = ['%', '%zz', '%c3%28', '%00', '%ed%a0%80', '%2f', '%2e%2e', '.', '..', 'a%20b', 'x'.repeat(3_000)];
const oddPairs = [
  '%',
  '%zz',
  '&&',
  '=',
  '?',
  '%ff=%ff',
  '__proto__=1',
  'constructor[prototype]=1',
  'page[]=1',
  '+',
  '#a',
];
const methodsWithBody = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** A request to an operation, broken in one way, several, or none. */
export function operationRequest(random: Random, operation: Operation, tokens: Tokens): FuzzRequest {
  const persona = random.pick(personas);
  const method = operation.method === 'GET' && random.chance(0.05) ? 'HEAD' : operation.method;
  const { target, isOdd } = urlOf(random, operation);
  const changes = randomHeaders(random, operation);
  const headers: Header[] = [...usualHeaders(random, persona, tokens), ...changes];
  const hasBody = methodsWithBody.has(method) ? random.chance(0.95) : random.chance(0.03);
  const body = hasBody ? bodyFor(random, operation.body) : null;
  if (body?.contentType != null) headers.push(['content-type', body.contentType]);
  const isChunked = random.chance(0.1);
  if (body)
    headers.push(isChunked ? ['transfer-encoding', 'chunked'] : ['content-length', String(body.content.length)]);
  const content = body ? (isChunked ? chunked(body.content) : body.content) : Buffer.alloc(0);
  return {
    ...{ target: operation.name, persona, operation, method, body: content, isRaw: false },
    isAuthenticated: persona !== 'anonymous' && !changesAuthorization(changes),
    head: headOf(method, target, headers),
    tolerated: [
      // A segment that is no parameter leads to another path, or to none.
      ...(isOdd ? [400, 404] : []),
      ...(changesAuthorization(changes) ? [401] : []),
      // Whatever the operation, a body that is sent is read.
      ...(body ? [400, 413, 415] : []),
    ],
  };
}

/** Behind one trusted proxy, each request comes from an address of its own: else nearly every login would be a 429. */
function usualHeaders(random: Random, persona: Persona, tokens: Tokens): Header[] {
  const address = ['10', ...Array.from({ length: 3 }, () => String(random.integer(0, 255)))].join('.');
  return [['host', 'boxoffice.example'], ['x-forwarded-for', address], ...authorization(persona, tokens)];
}

const changesAuthorization = (headers: readonly Header[]) => headers.some(([name]) => name === 'authorization');

function urlOf(random: Random, operation: Operation): { target: string; isOdd: boolean } {
  let isOdd = false;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => {
    const schema = operation.parameters.find((parameter) => parameter.in === 'path' && parameter.name === name)?.schema;
    if (random.chance(0.6)) return random.pick(ids);
    isOdd = true;
    return random.chance(0.3) ? random.pick(oddSegments) : encoded(textFor(random, schema ?? {}));
  });
  const query = operation.parameters.filter((parameter) => parameter.in === 'query');
  const pairs: string[] = [];
  while (random.chance(query.length > 0 ? 0.6 : 0.1)) {
    const parameter = query.length > 0 ? random.pick(query) : null;
    if (!parameter || random.chance(0.1)) pairs.push(random.pick(oddPairs));
    else pairs.push(`${parameter.name}=${encoded(textFor(random, parameter.schema))}`);
    if (random.chance(0.1)) pairs.push(pairs.at(-1) ?? '');
  }
  const slash = random.chance(0.05) ? path.replace(/\/$/, '') : path;
  return { target: `${slash}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`, isOdd };
}

/** Percent-encoded as clients do; a lone surrogate, which they refuse, as the bytes that it would have. */
function encoded(text: string): string {
  const short = text.slice(0, 1_500);
  return short.isWellFormed()
    ? encodeURIComponent(short)
    : [...short].map((character) => (character.isWellFormed() ? encodeURIComponent(character) : '%ed%a0%80')).join('');
}

function chunked(content: Buffer): Buffer {
  const parts =
    content.length > 0 ? [content.subarray(0, 3), content.subarray(3)].filter(({ length }) => length > 0) : [];
  const chunks = parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
}

/** A request for something that is no operation: pages, their files, the board, and paths that do not exist. */
export function pageRequest(random: Random, paths: readonly string[], tokens: Tokens): FuzzRequest {
  const persona = random.pick(personas);
  const method = random.chance(0.7)
    ? 'GET'
    : random.pick(['HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'PROPFIND', 'TRACE']);
  const odd = () => (random.chance(0.5) ? random.pick(oddSegments) : encoded(random.pick(hostileTexts)));
  let path = random.pick(paths);
  if (random.chance(0.4)) path = `${path.replace(/[^/]*$/, '')}${odd()}`;
  if (random.chance(0.1)) path = path.replaceAll('/', random.pick(['//', '/./', '%2f', '\\']));
  if (random.chance(0.2)) path = `${path}?${random.pick(oddPairs)}`;
  const changes = randomHeaders(random, null);
  const headers: Header[] = [...usualHeaders(random, persona, tokens), ...changes];
  const head = headOf(method, path.startsWith('/') ? path : `/${path}`, headers);
  return {
    target: 'pages and files',
    persona,
    operation: null,
    method,
    head,
    body: Buffer.alloc(0),
    tolerated: [],
    isAuthenticated: persona !== 'anonymous' && !changesAuthorization(changes),
    isRaw: false,
  };
}
