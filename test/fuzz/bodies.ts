import type { Random } from '../torture/random.ts';
import type { Schema } from './document.ts';
import { objectFor } from './values.ts';

/** Texts that are not JSON, or JSON that no operation expects. */
const oddBodies: readonly (string | Buffer)[] = [
  ...['', '{', '[', '"', '{"a":}', '{"a":1,}', "{'a':1}", 'undefined', 'NaN', 'null', '[]', '1', '"x"', 'true', '{}'],
  ...['{"__proto__":{"role":"admin"}}', '{"constructor":{"prototype":{"role":"admin"}}}', '{"a":1}{"b":2}', '\ufeff{}'],
  ...['['.repeat(30_000), '{"a":'.repeat(10_000), `${'['.repeat(9_000)}${']'.repeat(9_000)}`, 'a=1&b=2', '<a/>', '\0'],
  ...[
    '{"\\ud800":"\\udfff"}',
    '{"a":"\\u0000"}',
    `{${'"a":1,'.repeat(8_000)}"a":1}`,
    '1e999999',
    `"${'x'.repeat(66_000)}"`,
  ],
  ...[Buffer.from([0xff, 0xfe, 0x00]), Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), Buffer.alloc(65_537, 0x20)],
];

const contentTypes = [
  ...['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/xml', 'application/json5'],
  ...['application/json; charset=utf-16', 'application/problem+json', 'APPLICATION/JSON', 'x', '/', ';', '__proto__'],
  ...['application/json, text/plain', 'application/json; a="', 'text/event-stream', 'application/json\u00e9', ''],
];

export interface Body {
  contentType: string | null;
  content: Buffer;
}

/** A body: usually an object of the schema, or its example, sometimes cut off or with a key twice, sometimes something else entirely. */
export function bodyFor(random: Random, schema: Schema | null): Body {
  const contentType = random.chance(0.9) ? 'application/json' : random.chance(0.8) ? random.pick(contentTypes) : null;
  if (!schema || random.chance(0.2)) return { contentType, content: Buffer.from(random.pick(oddBodies)) };
  // Objects with many fields that depend on each other are hardly ever valid otherwise.
  const isValid = schema.example !== undefined && random.chance(0.25);
  let text = JSON.stringify(isValid ? schema.example : objectFor(random, schema));
  if (random.chance(0.05)) text = text.slice(0, random.integer(0, text.length));
  if (random.chance(0.05)) text = text.replace('{', '{"__proto__":{"role":"admin","id":1},');
  if (random.chance(0.05)) text = text.replace(/"(\w+)":/, '"$1":{"$1":1},"$1":');
  return { contentType, content: Buffer.from(text) };
}
