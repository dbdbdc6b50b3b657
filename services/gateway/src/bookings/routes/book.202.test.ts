import type { JobView } from '@boxoffice/shared/contracts/booking';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let show: number;
/** While its owner is frozen, nothing is decided, so queued requests can be inspected. */
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  show = await boxoffice.addShow();
  signalWorker('SIGSTOP');
});
afterAll(async () => {
  signalWorker('SIGCONT');
  await boxoffice.stop();
});
const signalWorker = (signal: NodeJS.Signals) => boxoffice.workers[0]?.kill(signal);

test('an accepted request says where and when to poll', async () => {
  const { status, headers, body } = await boxoffice.book(show, 'A1');
  expect(status).toBe(202);
  expect(body).toEqual({ id: expect.any(String), kind: 'book', status: 'queued', position: expect.any(Number) });
  expect(headers.get('location')).toBe(`/api/jobs/${body.id}/`);
  expect(headers.get('retry-after')).toBe('1');
  expect(headers.get('preference-applied')).toBeNull();
  const job = await boxoffice.call<JobView>(headers.get('location') ?? '', { user: 1 });
  expect(job).toMatchObject({ status: 200, body: { id: body.id, status: 'queued' } });
});

test.each([
  ['respond-async', 'respond-async'],
  ['wait=0', 'wait=0'],
  ['RESPOND-ASYNC; foo="bar"', 'respond-async'],
  ['handling=lenient, respond-async', 'respond-async'],
])('Prefer: %s is applied and confirmed', async (prefer, applied) => {
  const { status, headers } = await boxoffice.book(show, 'A2', { headers: { prefer } });
  expect(status).toBe(202);
  expect(headers.get('preference-applied')).toBe(applied);
});

test.each(['wait', 'wait=', 'wait=soon', 'wait=-1', 'wait=1.5', 'return=minimal', ',;=', 'wait=99999999999'])(
  'Prefer: %s is not understood and is ignored (RFC 7240)',
  async (prefer) => {
    const { status, headers } = await boxoffice.book(show, 'A3', { headers: { prefer } });
    expect(status).toBe(202);
    expect(headers.get('preference-applied')).toBeNull();
  },
);

test('202 when the outcome does not come within the requested time', async () => {
  const sentAt = performance.now();
  const { status, headers, body } = await boxoffice.book(show, 'A4', { wait: 1 });
  const tookMs = performance.now() - sentAt;
  expect(status).toBe(202);
  expect(body).toMatchObject({ status: 'queued' });
  expect(headers.get('preference-applied')).toBe('wait=1');
  expect(headers.get('location')).toBe(`/api/jobs/${body.id}/`);
  expect(tookMs).toBeGreaterThan(950);
});

test('later requests have higher positions', async () => {
  const first = await boxoffice.book(show, 'A5');
  const second = await boxoffice.book(show, 'A5');
  expect(second.body.position).toBeGreaterThan(first.body.position ?? Number.NaN);
});

test('the outcome can be retrieved later, with position 0', async () => {
  const winner = await boxoffice.book(show, 'B1', { user: 1 });
  const loser = await boxoffice.book(show, 'B1', { user: 2 });
  const waits = boxoffice.book(show, 'B2', { user: 3, wait: 30 });
  signalWorker('SIGCONT');
  try {
    expect(await boxoffice.outcome(winner.body.id, { user: 1 })).toMatchObject({
      kind: 'book',
      status: 'succeeded',
      position: 0,
      booking: { id: winner.body.id, seats: ['B1'], status: 'booked' },
    });
    expect(await boxoffice.outcome(loser.body.id, { user: 2 })).toMatchObject({
      status: 'rejected',
      position: 0,
      problem: { code: 'seat_taken', status: 409, seats: ['B1'] },
    });
    expect(await waits).toMatchObject({ status: 201, body: { seats: ['B2'], status: 'booked' } });
  } finally {
    signalWorker('SIGSTOP');
  }
});
