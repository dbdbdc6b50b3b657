/** Tests how a buyer waits, polls and retries, against a server with scripted responses. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Booking, createBoxoffice, memoryTokens } from '@boxoffice/client';
import { problem } from '@boxoffice/shared/contracts/problems';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type HoldPlan, requestSeat } from './attempt.ts';

interface ScriptedResponse {
  status: number;
  body?: object;
  headers?: Record<string, string>;
}

const booking: Booking = {
  id: 'b-1',
  show_id: 1,
  seats: ['A1'],
  seat_number: 'A1',
  status: 'booked',
  created_at: '2030-01-01T12:00:00.000Z',
  cancelled_at: null,
};
const job = (more: object) => ({ id: 'b-1', kind: 'book', status: 'queued', position: 1, ...more });
const accepted: ScriptedResponse = {
  status: 202,
  body: job({}),
  headers: { location: '/api/jobs/b-1/', 'retry-after': '0' },
};
const retryNow = { 'retry-after': '0' };

let script: (ScriptedResponse | 'hang up')[];
let requests: IncomingMessage[];
const server = createServer((request, response) => {
  requests.push(request);
  request.resume();
  const next = script.shift() ?? { status: 500, body: {} };
  if (next === 'hang up') return void request.socket.destroy();
  response.writeHead(next.status, { 'content-type': 'application/json', ...next.headers });
  response.end(JSON.stringify(next.body));
});
let url: string;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  requests = [];
});
afterAll(() => server.close());

function attempt(responses: typeof script, polls = false, holds: HoldPlan | null = null) {
  script = responses;
  const boxoffice = createBoxoffice({ url, tokens: memoryTokens({ access: 'token' }) });
  return requestSeat({
    show: 1,
    run: 'run',
    buyer: { id: 1, username: 'rush-1', boxoffice },
    seat: 'A1',
    polls,
    holds,
  });
}
const lines = () => requests.map(({ method, url: path }) => `${method} ${path}`);

test('with Prefer: wait, the first response carries the booking', async () => {
  const { ending, acceptedMs, retries } = await attempt([{ status: 201, body: booking }]);
  expect(ending).toEqual({ kind: 'booked', booking });
  expect([acceptedMs, retries]).toEqual([null, 0]);
  expect(requests[0]?.headers).toMatchObject({
    prefer: 'wait=10',
    'idempotency-key': 'run',
    authorization: 'Bearer token',
  });
});

test('polling repeats until the job is decided', async () => {
  const responses: ScriptedResponse[] = [
    accepted,
    { status: 200, body: job({ status: 'queued' }), headers: retryNow },
    { status: 200, body: job({ status: 'active' }), headers: retryNow },
    { status: 200, body: job({ status: 'succeeded', booking }) },
  ];
  const { ending, acceptedMs } = await attempt(responses, true);
  expect(ending).toEqual({ kind: 'booked', booking });
  expect(acceptedMs).toBeGreaterThan(0);
  expect(lines()).toEqual(['POST /api/shows/1/book/', ...Array(3).fill('GET /api/jobs/b-1/')]);
  expect(requests[0]?.headers.prefer).toBe('respond-async');
});

test('a wait that ends in a 202 is followed by polling', async () => {
  const refused = job({ status: 'rejected', problem: problem('seat_taken', undefined, { seats: ['A1'] }) });
  const { ending } = await attempt([accepted, { status: 200, body: refused }]);
  expect(ending).toEqual({ kind: 'rejected', code: 'seat_taken', seats: ['A1'] });
});

test('429, 503 and a broken connection are retried with the same key', async () => {
  const responses: typeof script = [
    { status: 503, body: problem('queue_full'), headers: retryNow },
    { status: 429, body: problem('too_many_requests'), headers: retryNow },
    'hang up',
    { status: 409, body: problem('seat_taken', undefined, { seats: ['A1'] }) },
  ];
  const { ending, retries } = await attempt(responses);
  expect(ending).toEqual({ kind: 'rejected', code: 'seat_taken', seats: ['A1'] });
  expect(retries).toBe(3);
  expect(new Set(requests.map(({ headers }) => headers['idempotency-key']))).toEqual(new Set(['run']));
});

test('a retry waits for Retry-After', async () => {
  const startedAt = performance.now();
  await attempt([
    { status: 503, body: problem('queue_full'), headers: { 'retry-after': '1' } },
    { status: 201, body: booking },
  ]);
  expect(performance.now() - startedAt).toBeGreaterThan(1_000);
});

test('a job that has disappeared is unanswered; a 500 or a failed job is a fault', async () => {
  const lost = await attempt([accepted, { status: 404, body: problem('job_not_found') }], true);
  expect(lost.ending.kind).toBe('unanswered');
  const broken = await attempt([{ status: 500, body: problem('internal_error') }]);
  expect(broken.ending).toMatchObject({ kind: 'fault', detail: expect.stringContaining('500 internal_error') });
  const failed = await attempt([accepted, { status: 200, body: job({ status: 'failed' }) }], true);
  expect(failed.ending.kind).toBe('fault');
});

test('a buyer who holds the seat confirms it later, or never', async () => {
  const held = { ...booking, status: 'held' as const };
  const confirms = { confirms: true, thinkMs: 1 };
  const { ending } = await attempt(
    [
      { status: 201, body: held },
      { status: 200, body: booking },
    ],
    false,
    confirms,
  );
  expect(ending).toEqual({ kind: 'booked', booking });
  expect(lines()).toEqual(['POST /api/shows/1/holds/', 'POST /api/bookings/b-1/confirm/']);
  expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['run', 'run-confirm']);
  const never = await attempt([{ status: 201, body: held }], false, { confirms: false, thinkMs: 1 });
  expect(never.ending).toEqual({ kind: 'expired', booking: held });
});

test('a confirmation that comes too late leaves the hold expired; any other refusal counts as rejected', async () => {
  const held = { ...booking, status: 'held' as const };
  const confirms = { confirms: true, thinkMs: 1 };
  const late = await attempt(
    [
      { status: 201, body: held },
      { status: 409, body: problem('hold_expired') },
    ],
    false,
    confirms,
  );
  expect(late.ending).toEqual({ kind: 'expired', booking: held });
  const gone = await attempt(
    [
      { status: 201, body: held },
      { status: 409, body: problem('show_cancelled') },
    ],
    false,
    confirms,
  );
  expect(gone.ending).toMatchObject({ kind: 'rejected', code: 'show_cancelled' });
});
