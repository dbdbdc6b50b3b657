import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';

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

it('makes one booking of the same key sent a hundred times at once to two gateways', async () => {
  const show = await boxoffice.addShow();
  const tries = Array.from({ length: 100 }, (_, index) => {
    const gateway = boxoffice.gateways[index % 2];
    return boxoffice.book(show, 'A1', { key: 'rush', wait: 10, ...(gateway && { gateway }) });
  });
  const answers = await Promise.all(tries);
  // Who came while the first was still on its way into the queue, or when all was too busy, is asked to try again.
  const early = answers.filter(({ status, body }) => status === 503 || body.code === 'idempotency_in_progress');
  const booked = answers.filter((answer) => !early.includes(answer));
  expect(new Set(booked.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
  expect(booked[0]?.status).toBe(201);
  for (const { headers } of early) expect(headers.get('retry-after')).toBe('1');
  expect(await boxoffice.rows('select id from booking.bookings where show_id = ?', [show])).toEqual([
    { id: booked[0]?.body.id },
  ]);
  const again = await boxoffice.book(show, 'A1', { key: 'rush' });
  expect(again.body.id).toBe(booked[0]?.body.id);
});

it('gives a repeated rejection and a repeated cancel the first answer', async () => {
  const show = await boxoffice.addShow();
  const booked = await boxoffice.book(show, 'A1', { wait: 10 });
  const lost = await boxoffice.book(show, 'A1', { user: 2, key: 'k', wait: 10 });
  expect(lost).toMatchObject({ status: 409, body: { code: 'seat_taken' } });
  const cancelled = await boxoffice.cancel(booked.body.id, { key: 'c' });
  const repeated = await boxoffice.book(show, 'A1', { user: 2, key: 'k', wait: 10 });
  expect(repeated).toMatchObject({ status: 409, body: { code: 'seat_taken', job_id: lost.body.job_id } });
  expect((await boxoffice.cancel(booked.body.id, { key: 'c' })).body).toEqual(cancelled.body);
});

it('refuses a key that came with another request', async () => {
  const show = await boxoffice.addShow();
  await boxoffice.book(show, 'A1', { key: 'mine', wait: 10 });
  const other = await boxoffice.book(show, 'A2', { key: 'mine', wait: 10 });
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
  // However the seat is written, and whoever else uses the same word for theirs.
  expect((await boxoffice.book(show, 'a1', { key: 'mine', wait: 10 })).status).toBe(201);
  expect((await boxoffice.book(show, 'A2', { user: 2, key: 'mine', wait: 10 })).status).toBe(201);
});

it('lets a key be used again whose first try never reached the queue', async () => {
  const show = await boxoffice.addShow();
  // As a gateway leaves it that is killed between claiming the key and adding the job.
  const lost = (id: string) => redis.set('boxoffice:idempotency:1:lost', `${id} book ${show} A1`);
  await lost(requestId(newEnvelopeId(show % 8), show, 0));
  const early = await boxoffice.book(show, 'A1', { key: 'lost', wait: 10 });
  expect(early).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });

  const longAgo = requestId(`06000000-0000-80${(show % 8).toString(16).padStart(2, '0')}-8000-000000000000`, show, 0);
  await lost(longAgo);
  const answer = await boxoffice.book(show, 'A1', { key: 'lost', wait: 10 });
  expect(answer.status).toBe(201);
  expect((await boxoffice.book(show, 'A1', { key: 'lost', wait: 10 })).body.id).toBe(answer.body.id);
});
