import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

const limit = 3;
let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 0, env: { BOOKING_QUEUE_LIMIT: String(limit) } });
});
afterAll(() => boxoffice.stop());

test('queue_full: beyond the limit nothing is accepted, Retry-After is sent, and booking recovers', async () => {
  const show = await boxoffice.addShow();
  const accepted: string[] = [];
  // By a user each: none of them alone may fill the queue.
  let answer = await boxoffice.book(show, '1', { user: 1 });
  for (let seat = 2; answer.status === 202 && seat <= limit * 3; seat++) {
    accepted.push(answer.body.id);
    answer = await boxoffice.book(show, String(seat), { user: seat });
  }
  const problem = expectProblem(answer, 'queue_full');
  expect(problem).not.toHaveProperty('job_id');
  expect(answer.headers.get('retry-after')).toBe('2');
  // One job each: the last look at the queue may be one job old.
  expect(accepted.length).toBeGreaterThanOrEqual(limit);
  expect(accepted.length).toBeLessThanOrEqual(limit + 1);

  await boxoffice.addWorker();
  for (const [index, id] of accepted.entries())
    expect(await boxoffice.outcome(id, { user: index + 1 })).toMatchObject({ status: 'succeeded' });
  const rows = await boxoffice.rows('select id from booking.bookings where show_id = ?', [show]);
  expect(rows).toHaveLength(accepted.length);
  expect(await boxoffice.book(show, 'J1', { wait: 10 })).toMatchObject({ status: 201 });
});

test('catalog_unavailable: while the catalog does not respond, a show that is not cached cannot be booked', async () => {
  const show = await boxoffice.addShow();
  boxoffice.catalog.kill('SIGSTOP');
  try {
    const sentAt = performance.now();
    const answer = await boxoffice.book(show, 'A1', { wait: 10 });
    expect(performance.now() - sentAt).toBeLessThan(1_500);
    expectProblem(answer, 'catalog_unavailable');
    expect(answer.headers.get('retry-after')).toBe('1');
  } finally {
    boxoffice.catalog.kill('SIGCONT');
  }
});
