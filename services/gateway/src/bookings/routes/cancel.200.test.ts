import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { politely } from '@boxoffice/testing/politely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let show: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2 });
});
beforeEach(async () => {
  show = await boxoffice.addShow();
});
afterAll(() => boxoffice.stop());

test('the booking is cancelled, and the response waits for the outcome by default', async () => {
  const { body: booking } = await boxoffice.book(show, 'A1', { wait: 10 });
  const { status, headers, body } = await boxoffice.cancel(booking.id);
  expect(status).toBe(200);
  expect(body).toEqual({ ...booking, status: 'cancelled', cancelled_at: expect.stringMatching(/^20.*Z$/) });
  expect(headers.get('preference-applied')).toBeNull();
  expect(await boxoffice.call(`/api/bookings/${booking.id}/`, { user: 1 })).toMatchObject({ status: 200, body });
});

test('idempotent, even if the seat has been sold to someone else since', async () => {
  const { body: booking } = await boxoffice.book(show, 'A1', { wait: 10 });
  const first = await boxoffice.cancel(booking.id);
  const second = await boxoffice.cancel(booking.id);
  expect((await boxoffice.book(show, 'A1', { user: 2, wait: 10 })).status).toBe(201);
  const third = await boxoffice.cancel(booking.id);
  for (const again of [second, third]) expect([again.status, again.body]).toEqual([200, first.body]);
  expect(await claimsOf(show)).toHaveLength(1);
});

test('twenty concurrent cancellations get the same response', async () => {
  const { body: booking } = await boxoffice.book(show, ['A1', 'A2'], { wait: 10 });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, place) => {
      const gateway = boxoffice.gateways[place % 2];
      return politely(() => boxoffice.cancel(booking.id, gateway && { gateway }));
    }),
  );
  for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]?.body]);
  expect(await claimsOf(show)).toEqual([]);
});

test('the seat is free for the next request', async () => {
  const { body: booking } = await boxoffice.book(show, 'A1', { user: 1, wait: 10 });
  await boxoffice.cancel(booking.id, { user: 1 });
  expect((await boxoffice.book(show, 'A1', { user: 2, wait: 10 })).status).toBe(201);
});

test('the seat is free for the next request even before the cancellation is decided', async () => {
  for (let round = 1; round <= 20; round++) {
    const { body: booking } = await boxoffice.book(show, 'A1', { user: round, wait: 10 });
    const cancel = await boxoffice.cancel(booking.id, { user: round, wait: 0 });
    expect(cancel.status).toBe(202);
    const [, other] = boxoffice.gateways;
    const next = await boxoffice.book(show, 'A1', { user: 100 + round, wait: 10, ...(other && { gateway: other }) });
    expect(next.status).toBe(201);
    await boxoffice.cancel(next.body.id, { user: 100 + round });
  }
});

test('the show counts the seats of a cancelled booking as free', async () => {
  const { body: booking } = await boxoffice.book(show, ['A1', 'A2', 'A3'], { wait: 10 });
  await boxoffice.cancel(booking.id);
  const { body } = await boxoffice.call<{ available_seats: number }>(`/api/shows/${show}/`);
  expect(body.available_seats).toBe(100);
});

test('a booking can be cancelled while it is still queued', async () => {
  const { body: job } = await boxoffice.book(show, 'A1');
  const { status, body } = await boxoffice.cancel(job.id);
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: job.id, status: 'cancelled' });
});

test.each(['application/json', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded'])(
  'an empty body with type %s is accepted',
  async (type) => {
    const { body: booking } = await boxoffice.book(show, 'A1', { wait: 10 });
    expect((await boxoffice.cancel(booking.id, { headers: { 'content-type': type } })).status).toBe(200);
  },
);

test('202: Prefer: respond-async does not wait; the job has the outcome', async () => {
  const { body: booking } = await boxoffice.book(show, 'A1', { wait: 10 });
  const { status, headers, body } = await boxoffice.cancel(booking.id, { wait: 0 });
  expect(status).toBe(202);
  expect(headers.get('preference-applied')).toBe('respond-async');
  expect(headers.get('location')).toBe(`/api/jobs/${body.id}/`);
  expect(headers.get('retry-after')).toBe('1');
  expect(await boxoffice.outcome(body.id)).toEqual({
    id: body.id,
    kind: 'cancel',
    status: 'succeeded',
    position: 0,
    booking: { ...booking, status: 'cancelled', cancelled_at: expect.any(String) },
  });
});

const claimsOf = (showId: number) => boxoffice.rows('select * from booking.seat_claims where show_id = ?', [showId]);
