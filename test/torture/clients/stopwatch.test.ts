import { expect, test } from 'vitest';
import { now } from './now.ts';
import { Stopwatch } from './stopwatch.ts';

const stopwatch = (options: { lateMs?: number; reachable?: boolean } = {}) =>
  new Stopwatch({ since: () => options.lateMs ?? 0 }, () => options.reachable ?? true);
const call = (
  tookMs: number,
  status: number | null,
  more: { waitMs?: number; retryAfter?: string; mayRefuseLate?: boolean } = {},
) => ({
  method: 'POST',
  path: '/api/shows/1/book/',
  asked: now() - tookMs,
  gateway: 0,
  answer: status === null ? null : { status, body: {}, retryAfter: more.retryAfter },
  patienceMs: 6_000,
  waitMs: more.waitMs ?? 0,
  mayRefuseLate: more.mayRefuseLate,
});

test('an answer within 1.5 s is in time, a later one is not', () => {
  expect(stopwatch().judge(call(1_400, 202))).toBeNull();
  expect(stopwatch().judge(call(2_000, 202))).toMatch(/202 .*after 2000 ms/);
});

test('a waiting request may be answered later, but is refused within 1.5 s', () => {
  expect(stopwatch().judge(call(4_000, 202, { waitMs: 3_000 }))).toBeNull();
  expect(stopwatch().judge(call(4_000, 503, { waitMs: 3_000, retryAfter: '1' }))).toMatch(/503/);
});

test('what may be refused late is refused within 1.5 s of its wait', () => {
  const late = { waitMs: 3_000, retryAfter: '1', mayRefuseLate: true };
  expect(stopwatch().judge(call(4_000, 503, late))).toBeNull();
  expect(stopwatch().judge(call(5_000, 503, late))).toMatch(/503/);
});

test('a refusal says when to try again', () => {
  expect(stopwatch().judge(call(10, 503))).toMatch(/without Retry-After/);
});

test('no answer at all is too late, a client that left early is not', () => {
  expect(stopwatch().judge(call(6_001, null))).toMatch(/no answer/);
  expect(stopwatch().judge(call(100, null))).toBeNull();
});

test('delays of the machine do not count, nor does a gateway that is down', () => {
  expect(stopwatch({ lateMs: 600 }).judge(call(2_000, 202))).toBeNull();
  expect(stopwatch({ reachable: false }).judge(call(2_000, 202))).toBeNull();
});
