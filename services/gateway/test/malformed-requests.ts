import type { DocumentedOperation, Method } from './documented-operations.ts';

/** A request as `inject` sends it. */
export interface MalformedRequest {
  method: Method;
  url: string;
  headers: Record<string, string>;
  payload?: string | Buffer;
}

/** Mulberry32: the same seed gives the same numbers from 0 (inclusive) to 1 everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Values that are wrong almost everywhere, as text in a path, a query or a header. */
const texts = [
  ...['x', '0', '-1', '1.5', '1e9', '2147483648', '9007199254740993', 'NaN', 'Infinity', '0x10', '٣', 'null', 'true'],
  ...['undefined', '[object Object]', '__proto__', 'constructor', '\0', 'a\0b', '\u{1f39e}', '\u202e', "' or 1=1 --"],
  ...['%', '%25', '<script>', '{{7*7}}', '../../etc/passwd', '{"a":1}', '1,2', ' ', 'wait=-1', 'W/"x"', '*', 'A1'],
  ...['x'.repeat(101), 'x'.repeat(201), 'x'.repeat(256), 'ü'.repeat(1_000), '9'.repeat(400)],
];
/** Values that are wrong almost everywhere, in JSON. */
const values: unknown[] = [
  ...texts,
  ...[null, true, false, 0, -1, 1.5, 1e308, 2_147_483_648, '', [], {}, [[]], [null], [1, 'A1', {}], { toString: 1 }],
  ...['\ud800', 'x'.repeat(6_000), Array(300).fill('A1'), { $ne: null }, '2030-02-30T00:00:00Z', '99999-01-01'],
];
const contentTypes = [
  ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/xml', 'application/json5'],
  ...[
    'application/json; charset=utf-16',
    'application/problem+json',
    'APPLICATION/JSON',
    'x',
    '/',
    ';',
    'text/event-stream',
  ],
];
/** Bodies that are not JSON, or that no operation accepts. */
const bodies: (string | Buffer)[] = [
  ...['', '{', '[', '"', '{"a":}', '{"a":1,}', "{'a':1}", 'undefined', 'NaN', 'null', '[]', '1', '"x"', 'true', '{}'],
  ...['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{}}}', '{"a":1}{"b":2}', '\ufeff{}', '[{}]'],
  ...['['.repeat(5_000), '{"a":'.repeat(5_000), 'a=1&b=2', `"${'x'.repeat(66_000)}"`, '\0', '<a/>'],
  ...[Buffer.from([0xff, 0xfe, 0x00]), Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d])],
];

/**
 * An endless supply of requests to one operation that are broken in one way or several: parameters, query,
 * headers, content types and bodies.
 *
 * @param access the `authorization` header with which the operation can be called; null when it needs none
 */
export function* malformedRequests(
  operation: DocumentedOperation,
  access: string | null,
  seed: number,
): Generator<MalformedRequest, never> {
  const random = seededRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const sometimes = (share: number) => random() < share;
  const query = operation.parameters.filter((parameter) => parameter.in === 'query').map(({ name }) => name);
  const headerNames = operation.parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  const ids = ['1', '2147483647', '0641f3a2-9c1b-8407-a51c-9f2600000380'];

  const path = () => {
    const encoded = sometimes(0.1) ? pick(['%', '%zz', '%c3%28', '%00']) : encodeURIComponent(pick(texts)) || 'x';
    const id = sometimes(0.4) ? encoded : pick(ids);
    return operation.path.replace('{id}', id);
  };
  const search = () => {
    const names = [...query, ...query, 'page', 'unknown', '__proto__', 'page[]'];
    const pairs = Array.from({ length: Math.floor(random() * 4) }, () =>
      sometimes(0.1)
        ? pick(['%', '%zz', '&&', '=', '?', '%ff=%ff'])
        : `${pick(names)}=${encodeURIComponent(pick(texts))}`,
    );
    return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  };
  /** Node's parser accepts neither control characters nor anything beyond Latin-1 in a header. */
  const headerValue = () => pick(texts).replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '');
  const headers = (): Record<string, string> => {
    const broken: Record<string, string> = {};
    if (access) broken.authorization = sometimes(0.1) ? `${pick(['Bearer ', 'Basic ', ''])}${headerValue()}` : access;
    const optional = [...headerNames, 'accept', 'prefer', 'if-none-match', 'x-request-id', 'host', 'origin', 'cookie'];
    while (sometimes(0.4)) broken[pick(optional)] = headerValue();
    return broken;
  };
  /** The example with something wrong in it. */
  const brokenExample = (): string => {
    const fields: Record<string, unknown> = { ...operation.exampleBody };
    const names = Object.keys(fields);
    do {
      const name = names.length > 0 ? pick(names) : 'unknown';
      if (sometimes(0.3)) delete fields[name];
      else fields[sometimes(0.1) ? 'unknown' : name] = pick(values);
    } while (sometimes(0.3));
    const text = JSON.stringify(fields);
    return sometimes(0.1) ? text.slice(0, Math.floor(random() * text.length)) : text;
  };

  while (true) {
    const request: MalformedRequest = { method: operation.method, url: `${path()}${search()}`, headers: headers() };
    const hasBody = operation.method === 'GET' ? sometimes(0.05) : sometimes(0.95);
    if (hasBody) {
      request.payload = operation.exampleBody && sometimes(0.6) ? brokenExample() : pick(bodies);
      if (sometimes(0.9)) request.headers['content-type'] = sometimes(0.2) ? pick(contentTypes) : 'application/json';
    }
    yield request;
  }
}
