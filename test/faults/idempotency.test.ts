import { hash } from 'node:crypto';
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openQueue } from '../../services/booking-worker/test/open-queue.ts';

let boxoffice: Boxoffice;
let redis: Redis;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2 });
  redis = new Redis(boxoffice.redisUrl);
});
afterAll(async () => {
  redis.disconnect();
  await boxoffice.stop();
});

it('makes one booking when the same key is sent a hundred times concurrently to two gateways', async () => {
  const show = await boxoffice.addShow();
  const tries = Array.from({ length: 100 }, (_, index) => {
    const gateway = boxoffice.gateways[index % 2];
    return boxoffice.book(show, 'A1', { key: 'rush', wait: 10, ...(gateway && { gateway }) });
  });
  const responses = await Promise.all(tries);
  // Requests that arrive while the first is still being queued, or under overload, are asked to retry.
  const early = responses.filter(({ status, body }) => status === 503 || body.code === 'idempotency_in_progress');
  const booked = responses.filter((response) => !early.includes(response));
  expect(new Set(booked.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
  expect(booked[0]?.status).toBe(201);
  for (const { headers } of early) expect(headers.get('retry-after')).toBe('1');
  expect(await boxoffice.rows('select id from booking.bookings where show_id = ?', [show])).toEqual([
    { id: booked[0]?.body.id },
  ]);
  const again = await boxoffice.book(show, 'A1', { key: 'rush' });
  expect(again.body.id).toBe(booked[0]?.body.id);
});

it('answers a repeated rejection and a repeated cancellation like the first', async () => {
  const show = await boxoffice.addShow();
  const booked = await boxoffice.book(show, 'A1', { wait: 10 });
  const lost = await boxoffice.book(show, 'A1', { user: 2, key: 'k', wait: 10 });
  expect(lost).toMatchObject({ status: 409, body: { code: 'seat_taken' } });
  const cancelled = await boxoffice.cancel(booked.body.id, { key: 'c' });
  const repeated = await boxoffice.book(show, 'A1', { user: 2, key: 'k', wait: 10 });
  expect(repeated).toMatchObject({ status: 409, body: { code: 'seat_taken', job_id: lost.body.job_id } });
  expect((await boxoffice.cancel(booked.body.id, { key: 'c' })).body).toEqual(cancelled.body);
});

it('refuses a key that was used for a different request', async () => {
  const show = await boxoffice.addShow();
  await boxoffice.book(show, 'A1', { key: 'mine', wait: 10 });
  const other = await boxoffice.book(show, 'A2', { key: 'mine', wait: 10 });
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  // The first request can be repeated as it was, and other users may use the same key.
  expect((await boxoffice.book(show, 'A1', { key: 'mine', wait: 10 })).status).toBe(201);
  expect((await boxoffice.book(show, 'A2', { user: 2, key: 'mine', wait: 10 })).status).toBe(201);
});

/** Claims user 1's key as a gateway does that dies before it adds the job. */
async function claim(show: number, key: string, { secondsAgo }: { secondsAgo: number }): Promise<BookingRequest> {
  const id = requestId(newEnvelopeId(show % 4), show, 0);
  const half = (text: string) => hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url');
  const fingerprint = half(`POST /api/shows/${show}/book/\n{"seat_number":"A1"}`);
  const leftMs = (15 * 60 - secondsAgo) * 1_000;
  await redis.set(`boxoffice:idempotency:1:${half(key)}`, `${id} ${fingerprint}`, 'PX', leftMs);
  const keyed = { hash: half(key), fingerprint };
  return { kind: 'book', id, show_id: show, user_id: 1, seats: ['A1'], request_id: 'test', key: keyed };
}

it('lets a key be reused if its first request never reached the queue', async () => {
  const show = await boxoffice.addShow();
  await claim(show, 'lost', { secondsAgo: 0 });
  const early = await boxoffice.book(show, 'A1', { key: 'lost', wait: 10 });
  expect(early).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });

  await claim(show, 'lost', { secondsAgo: 10 });
  const response = await boxoffice.book(show, 'A1', { key: 'lost', wait: 10 });
  expect(response.status).toBe(201);
  expect((await boxoffice.book(show, 'A1', { key: 'lost', wait: 10 })).body.id).toBe(response.body.id);
});

it('never books with a key twice, although the job of its first request arrives after it was replaced', async () => {
  const show = await boxoffice.addShow();
  const late = await claim(show, 'late', { secondsAgo: 10 });
  const booked = await boxoffice.book(show, 'A1', { key: 'late', wait: 10 });
  expect(booked.status).toBe(201);
  await boxoffice.cancel(booked.body.id);
  const queue = openQueue(boxoffice.redisUrl, show % 4);
  await queue.add([late]);
  await queue.close();
  const outcome = await boxoffice.outcome(late.id);
  expect(outcome).toMatchObject({ status: 'succeeded', booking: { id: booked.body.id } });
  const rows = await boxoffice.rows('select status from booking.bookings where show_id = ?', [show]);
  expect(rows).toEqual([{ status: 'cancelled' }]);
});
