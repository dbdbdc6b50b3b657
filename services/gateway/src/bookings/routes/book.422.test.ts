/** Idempotency-Key: the same key and request are one job; the same key with a different request is an error. */

import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { expectProblem } from '@boxoffice/testing/problem';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let show: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  show = await boxoffice.addShow();
});
afterAll(() => boxoffice.stop());

test('a key that was used for a different seat, show or kind of request', async () => {
  const [one, other] = [await boxoffice.addShow(), await boxoffice.addShow()];
  const { body: booking } = await boxoffice.book(one, 'A1', { key: 'mine', wait: 10 });
  expectProblem(await boxoffice.book(one, 'A2', { key: 'mine', wait: 10 }), 'idempotency_mismatch');
  expectProblem(await boxoffice.book(one, ['A1', 'A2'], { key: 'mine' }), 'idempotency_mismatch');
  expectProblem(await boxoffice.book(other, 'A1', { key: 'mine', wait: 10 }), 'idempotency_mismatch');
  expectProblem(await boxoffice.cancel(booking.id, { key: 'mine' }), 'idempotency_mismatch');
  expect(await boxoffice.rows('select id from booking.bookings where show_id in (?, ?)', [one, other])).toHaveLength(1);
});

test('a retry returns the same booking; a body that was written differently is another request', async () => {
  const first = await boxoffice.book(show, 'B1', { key: 'again', wait: 10 });
  expect(first.status).toBe(201);
  expect(await boxoffice.book(show, 'B1', { key: 'again', wait: 10 })).toMatchObject({ status: 201, body: first.body });
  expectProblem(await boxoffice.book(show, 'b1', { key: 'again', wait: 10 }), 'idempotency_mismatch');
});

test('a retry gets the first outcome after the show has started', async () => {
  const soon = await boxoffice.addShow();
  const first = await boxoffice.book(soon, 'A1', { key: 'early', wait: 10 });
  const refused = expectProblem(await boxoffice.book(soon, 'A1', { user: 2, key: 'early', wait: 10 }), 'seat_taken');
  await boxoffice.rows("update catalog.shows set date_time = now() - interval '1 minute' where id = ?", [soon]);
  await eventually(async () => (await boxoffice.book(soon, 'A2', { wait: 10 })).body.code === 'show_started');
  expect(await boxoffice.book(soon, 'A1', { key: 'early', wait: 10 })).toMatchObject({ status: 201, body: first.body });
  const again = await boxoffice.book(soon, 'A1', { user: 2, key: 'early', wait: 10 });
  expect(expectProblem(again, 'seat_taken').job_id).toBe(refused.job_id);
});

test('a retry gets the first outcome although Redis has forgotten the key', async () => {
  const first = await boxoffice.book(show, 'D1', { key: 'kept', wait: 10 });
  const redis = new Redis(boxoffice.redisUrl);
  await redis.flushdb();
  redis.disconnect();
  expect(await boxoffice.book(show, 'D1', { key: 'kept', wait: 10 })).toMatchObject({ status: 201, body: first.body });
  expectProblem(await boxoffice.book(show, 'D2', { key: 'kept', wait: 10 }), 'idempotency_mismatch');
});

test('a retry shows the booking as the first request left it, although it was cancelled since', async () => {
  const first = await boxoffice.book(show, 'D3', { key: 'since', wait: 10 });
  const cancelled = await boxoffice.cancel(first.body.id, { key: 'cancelled' });
  expect(await boxoffice.book(show, 'D3', { key: 'since', wait: 10 })).toMatchObject({ status: 201, body: first.body });
  expect((await boxoffice.cancel(first.body.id, { key: 'cancelled' })).body).toEqual(cancelled.body);
});

test('a retry without waiting returns the same job', async () => {
  const first = await boxoffice.book(show, 'B2', { key: 'job' });
  const second = await boxoffice.book(show, 'B2', { key: 'job' });
  expect([first.status, second.status]).toEqual([202, 202]);
  expect(second.body.id).toBe(first.body.id);
  await boxoffice.outcome(first.body.id);
  const third = await boxoffice.book(show, 'B2', { key: 'job', wait: 10 });
  expect(third).toMatchObject({ status: 201, body: { id: first.body.id } });
});

test('a retry repeats a rejection, even if the seat is free by now', async () => {
  const { body: booking } = await boxoffice.book(show, 'B3', { user: 1, wait: 10 });
  const refused = expectProblem(await boxoffice.book(show, 'B3', { user: 2, key: 'k', wait: 10 }), 'seat_taken');
  await boxoffice.cancel(booking.id, { user: 1 });
  const again = expectProblem(await boxoffice.book(show, 'B3', { user: 2, key: 'k', wait: 10 }), 'seat_taken');
  expect(again.job_id).toBe(refused.job_id);
  expect(await boxoffice.book(show, 'B3', { user: 2, key: 'a new key', wait: 10 })).toMatchObject({ status: 201 });
});

test('keys of different users are independent', async () => {
  expect(await boxoffice.book(show, 'C1', { user: 1, key: 'shared', wait: 10 })).toMatchObject({ status: 201 });
  expect(await boxoffice.book(show, 'C2', { user: 2, key: 'shared', wait: 10 })).toMatchObject({ status: 201 });
});

test('a retried cancellation returns the same outcome', async () => {
  const { body: booking } = await boxoffice.book(show, 'C3', { wait: 10 });
  const first = await boxoffice.cancel(booking.id, { key: 'cancel' });
  const second = await boxoffice.cancel(booking.id, { key: 'cancel' });
  expect(first.status).toBe(200);
  expect(second).toMatchObject({ status: 200, body: first.body });
});
