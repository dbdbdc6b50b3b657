import type { FastifyReply } from 'fastify';
import { expect, test } from 'vitest';
import { waitMsOf } from './preferences.ts';

test.each([
  // the header as sent, how long to wait when 7 s is the default, Preference-Applied
  [undefined, 7_000, undefined],
  ['', 7_000, undefined],
  ['wait=10', 10_000, 'wait=10'],
  ['wait=0', 0, 'wait=0'],
  ['wait=30', 30_000, 'wait=30'],
  ['wait=31', 30_000, 'wait=30'],
  ['wait=999', 30_000, 'wait=30'],
  ['wait="5"', 5_000, 'wait=5'],
  ['Wait = 5', 5_000, 'wait=5'],
  ['wait=5; because="why not"', 5_000, 'wait=5'],
  ['respond-async', 0, 'respond-async'],
  ['Respond-Async', 0, 'respond-async'],
  // Both: respond asynchronously unless the outcome comes within that time (RFC 7240, section 4.3).
  ['respond-async, wait=10', 10_000, 'wait=10'],
  ['return=minimal, wait=3', 3_000, 'wait=3'],
  ['wait=3, wait=9', 3_000, 'wait=3'],
  ['wait', 7_000, undefined],
  ['wait=', 7_000, undefined],
  ['wait=-1', 7_000, undefined],
  ['wait=1.5', 7_000, undefined],
  ['wait=1e3', 7_000, undefined],
  ['wait=ten', 7_000, undefined],
  ['wait=9999999999', 7_000, undefined],
  ['await=3', 7_000, undefined],
  ['handling=strict', 7_000, undefined],
])('Prefer: %s', (prefer, waitMs, applied) => {
  expect(parse(prefer)).toEqual({ waitMs, applied });
});

test('a header that is sent several times is one list (RFC 9110, section 5.3)', () => {
  expect(parse(['return=minimal', 'wait=2'])).toEqual({ waitMs: 2_000, applied: 'wait=2' });
});

function parse(prefer: string | string[] | undefined) {
  const headers = new Map<string, unknown>();
  const reply = { header: (name: string, value: unknown) => headers.set(name, value) } as unknown as FastifyReply;
  return { waitMs: waitMsOf({ headers: { prefer } }, reply, 7), applied: headers.get('preference-applied') };
}
