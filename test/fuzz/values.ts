import type { Random } from '../torture/random.ts';
import type { Schema } from './document.ts';

/** Texts that something on the way may treat as more than text. */
export const hostileTexts = [
  ...['', ' ', '\t', '\u00a0\u3000', 'x', 'null', 'true', 'undefined', 'NaN', 'Infinity', '-0', '0x10', '1e9', '1.5'],
  ...['٣', '１', '2147483648', '9007199254740993', '-1', '9'.repeat(400), '__proto__', 'constructor', 'toString'],
  // Unicode: lone surrogates, NUL, bidirectional overrides, runs of combining marks, names that change with their case.
  ...['\ud800', 'a\udc00', '\udfff\ud800', '\0', 'a\0b', '\u202eabc', '\u2066\u2069', `a${'\u0301'.repeat(2_000)}`],
  ...[
    '\u0345\u0301'.repeat(500),
    'ﷺ'.repeat(50),
    'İ',
    'ß',
    'ﬀ',
    '\u212a',
    '\ufeff',
    '\u2028',
    '\u{1f39e}\ufe0f',
    '\uffff',
  ],
  ...["' or 1=1 --", '%', '_', '\\', '$1', '<script>', '{{7*7}}', '../../etc/passwd', '..\\..', '[object Object]'],
  ...['x'.repeat(101), 'x'.repeat(256), 'ü'.repeat(1_000), 'x'.repeat(6_000), '(a+)+$', 'a@'.repeat(200), 'a,b;c=d'],
];

/** Times at the edges of calendars and of what a database stores. */
const times = [
  ...['0000-01-01', '0001-01-01', '9999-12-31', '99999-01-01', '2030-02-30', '2028-02-29', '2030-1-1'],
  ...['0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-12:00', '2016-12-31T23:59:60Z', '2030-01-01T24:00:00Z'],
  ...['2030-01-01T00:00:00.999999999999Z', '2030-01-01T00:00', '+275760-09-13T00:00:00Z', '2030-01-01T00:00:00Z'],
];
const zones = ['UTC', 'Europe/Berlin', '+0530', '-00', 'IST', 'SystemV/PST8PDT', 'posix/UTC', 'localtime', 'EST5EDT'];

const hostileNumbers = [
  ...[0, -0, -1, 1, 1.5, 1e-7, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53, 2 ** 63, 1e21, 1e308, -1e308],
];

/** A value for a schema: valid, at or past a bound, of another type, or hostile. */
function valueFor(random: Random, schema: Schema): unknown {
  const chosen = schema.anyOf ? random.pick(schema.anyOf) : schema;
  const dice = random.next();
  if (dice < 0.35 && chosen.example !== undefined) return chosen.example;
  if (dice < 0.45) return random.pick(anything);
  return random.pick(edgesOf(random, chosen));
}

/** A hostile text, or a value of the schema as text, for a place where everything is text. */
export function textFor(random: Random, schema: Schema): string {
  const value = random.chance(0.6) ? valueFor(random, schema) : random.pick(hostileTexts);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function edgesOf(random: Random, schema: Schema): unknown[] {
  const { type, minimum = 0, maximum = 2 ** 31 - 1, minLength = 0, maxLength = 200, maxItems = 20 } = schema;
  if (schema.enum) return [...schema.enum, ...hostileTexts];
  switch (type) {
    case 'integer':
    case 'number':
      return [minimum, maximum, minimum - 1, maximum + 1, ...hostileNumbers];
    case 'string':
      return [
        ...[minLength, minLength - 1, maxLength, maxLength + 1].map((length) => 'x'.repeat(Math.max(0, length))),
        ...['é'.repeat(maxLength), '\u{1f39e}'.repeat(maxLength)],
        ...[...hostileTexts, ...times, ...zones],
      ];
    case 'array': {
      const item = () => (schema.items ? valueFor(random, schema.items) : null);
      const items = (count: number) => Array.from({ length: count }, item);
      return [[], items(1), items(2), items(Math.min(maxItems, 300)), items(Math.min(maxItems, 300) + 1), [[]], [null]];
    }
    case 'object':
      return [objectFor(random, schema)];
    default:
      return anything;
  }
}

const anything: unknown[] = [
  ...[null, true, false, '', [], {}, [[]], [null], { toString: 1 }, { $ne: null }, { length: 1e9 }],
  ...hostileNumbers,
  ...hostileTexts,
];

/** An object of a schema, with something wrong in it more often than not. */
export function objectFor(random: Random, schema: Schema): Record<string, unknown> {
  const example = schema.example as Record<string, unknown> | undefined;
  const fields: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const known = example?.[name] ?? property.example;
    if (random.chance(0.7) && known !== undefined) fields[name] = known;
    else if (random.chance(0.8)) fields[name] = valueFor(random, property);
  }
  if (random.chance(0.1)) fields[random.pick(hostileTexts)] = random.pick(anything);
  return fields;
}
