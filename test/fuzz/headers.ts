import type { Random } from '../torture/random.ts';
import type { Operation } from './document.ts';
import type { Persona } from './request.ts';
import { hostileTexts, textFor } from './values.ts';

export type Header = [name: string, value: string];

const values: Record<string, readonly string[]> = {
  'if-match': ['*', '"x"', 'W/"x"', '"a", "b"', ''],
  'if-none-match': ['*', '"x"', 'W/"x"', ',,,', `${'"a",'.repeat(500)}"b"`],
  'if-modified-since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', 'yesterday', '0'],
  'if-unmodified-since': ['Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 9999 23:59:59 GMT', 'never'],
  'if-range': ['"x"', 'Thu, 01 Jan 1970 00:00:00 GMT', '*'],
  range: [
    'bytes=0-0',
    'bytes=0-',
    'bytes=-1',
    'bytes=5-1',
    'bytes=999999999-',
    `bytes=${'0-1,'.repeat(200)}2-3`,
    'x=1',
    'bytes=a-b',
  ],
  accept: ['*/*', 'text/event-stream', 'application/yaml', 'x', '*/*;q=0', 'a/b;q=x'],
  'accept-encoding': ['gzip', 'br', 'identity;q=0, *;q=0', 'gzip;q=2', 'x'.repeat(500)],
  'accept-version': ['1.0.0', '*', 'x'],
  prefer: ['wait=0', 'wait=1', 'wait=-1', 'wait=99999999999', 'respond-async', 'wait="1"; x=y, respond-async', ',,=;'],
  'idempotency-key': ['a', 'b', '', 'x'.repeat(255), 'x'.repeat(256), '\u00ff\u00fe', '__proto__'],
  'x-request-id': ['a', 'x'.repeat(65), '{"level":"fatal"}', '__proto__'],
  origin: ['null', 'https://evil.example', 'https://evil.example\u00e9', '*', 'file://'],
  'access-control-request-method': ['POST', 'x'],
  cookie: ['a=b', '='.repeat(300), '__proto__=1'],
  'x-forwarded-for': ['1.2.3.4', 'x', '::1, 1.2.3.4', ','.repeat(200)],
  'x-forwarded-host': ['evil.example', 'a"b<c'],
  'x-forwarded-proto': ['https', 'x"y', 'https, http'],
  'x-http-method-override': ['DELETE', 'x'],
  'content-encoding': ['gzip', 'identity', 'x'],
  'content-language': ['\u00e4'],
  expect: ['100-continue'],
  connection: ['close', 'keep-alive', 'x', 'Upgrade'],
  upgrade: ['websocket', 'h2c'],
  te: ['trailers', 'x'],
  'last-event-id': ['1', 'x'.repeat(300)],
  authorization: [
    'Bearer x.y.z',
    'Bearer ',
    'Basic dTpw',
    'Basic ====',
    'bearer  a',
    `Bearer ${'x'.repeat(4_000)}`,
    ': ',
  ],
};
const names = Object.keys(values);

/** Headers at random, among them those that the operation documents; some occur twice. */
export function randomHeaders(random: Random, operation: Operation | null): Header[] {
  const documented = operation?.parameters.filter((parameter) => parameter.in === 'header') ?? [];
  const headers: Header[] = [];
  while (random.chance(0.45)) {
    const parameter = documented.length > 0 && random.chance(0.4) ? random.pick(documented) : null;
    const name = parameter?.name ?? random.pick(names);
    const value =
      parameter && random.chance(0.6) ? textFor(random, parameter.schema) : random.pick(values[name] ?? ['x']);
    headers.push([name, printable(random.chance(0.1) ? random.pick(hostileTexts) : value)]);
    if (random.chance(0.1)) headers.push([name, printable(random.pick(values[name] ?? ['y']))]);
  }
  return headers;
}

/** A header's value must not contain control characters: those belong to the malformed requests. */
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\xa0-\xff]/g, '').slice(0, 5_000);
}

export function authorization(persona: Persona, tokens: Readonly<Record<Persona, string | null>>): Header[] {
  const token = tokens[persona];
  return token === null ? [] : [['authorization', `Bearer ${token}`]];
}

export function headOf(method: string, target: string, headers: readonly Header[]): string {
  return [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\r\n');
}
