import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
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

const price = (payment = 'counter') =>
  boxoffice.rows(`update catalog.shows set payment = ?, prices = '{"standard": 1250}', currency = 'EUR' where id = ?`, [
    payment,
    show,
  ]);
/** Lets the hold end now, as if its time had passed. */
async function end(bookingId: string): Promise<void> {
  const ended = "expires_at = now() - interval '1 millisecond'";
  await boxoffice.rows(
    `with claims as (update booking.seat_claims set ${ended} where booking_id = ? returning booking_id)
     update booking.bookings set ${ended} where id in (select booking_id from claims)`,
    [bookingId],
  );
}

test('seats are held, confirmed, and shown as each request left them', async () => {
  const { status, headers, body: held } = await boxoffice.hold(show, ['a1', 'A2'], { wait: 10 });
  expect([status, held]).toEqual([
    201,
    {
      ...{ id: expect.any(String), show_id: show, seats: ['A1', 'A2'], status: 'held', cancelled_at: null },
      ...{ created_at: expect.any(String), expires_at: expect.any(String) },
    },
  ]);
  const lasts = Date.parse(String((held as { expires_at?: string }).expires_at)) - Date.now();
  expect(lasts / 1_000).toBeGreaterThan(590);
  expect(headers.get('location')).toBe(`/api/bookings/${held.id}/`);
  expect((await boxoffice.book(show, 'A2', { user: 2, wait: 10 })).body).toMatchObject({ code: 'seat_taken' });
  const seats = await boxoffice.call<{ seats: { status: string }[] }>(`/api/shows/${show}/seats/`);
  expect(seats.body.seats.slice(0, 3).map((seat) => seat.status)).toEqual(['held', 'held', 'available']);
  const mine = await boxoffice.call<{ results: { id: string }[] }>('/api/my-bookings/?status=held', { user: 1 });
  expect(mine.body.results.map(({ id }) => id)).toEqual([held.id]);

  const booked = await boxoffice.confirm(held.id);
  expect(booked).toMatchObject({ status: 200, body: { id: held.id, status: 'booked' } });
  expect(booked.body).not.toHaveProperty('expires_at');
  expect(await boxoffice.confirm(held.id)).toMatchObject({ status: 200, body: booked.body });
  const cancelled = await boxoffice.cancel(held.id);
  expect(cancelled.body).toMatchObject({ status: 'cancelled' });
  const job = await boxoffice.call(`/api/jobs/${held.id}/`, { user: 1 });
  expect(job.body).toMatchObject({ kind: 'hold', status: 'succeeded', booking: held });
});

test('a hold does not wait unless asked, and a repeat of its key gets its outcome', async () => {
  const first = await boxoffice.hold(show, { best: { count: 2 } }, { key: 'k' });
  expect(first).toMatchObject({ status: 202, body: { kind: 'hold' } });
  const job = await boxoffice.outcome(first.body.id);
  expect(job).toMatchObject({ status: 'succeeded', booking: { status: 'held' } });
  const again = await boxoffice.hold(show, { best: { count: 2 } }, { key: 'k', wait: 10 });
  expect(again).toMatchObject({ status: 201, body: { id: first.body.id } });
  const confirmed = await boxoffice.confirm(first.body.id, { key: 'c', wait: 0 });
  expect(confirmed.status).toBe(202);
  expect(await boxoffice.outcome(confirmed.body.id)).toMatchObject({ kind: 'confirm', status: 'succeeded' });
  expect(await boxoffice.confirm(first.body.id, { key: 'c' })).toMatchObject({
    status: 200,
    body: { status: 'booked' },
  });
});

test('a hold that has ended is free for the next request, marked as expired, and cannot be confirmed any more', async () => {
  const { body: held } = await boxoffice.hold(show, ['A1'], { wait: 10 });
  const { body: other } = await boxoffice.hold(show, ['A2'], { wait: 10 });
  await end(held.id);
  await end(other.id);
  expect((await boxoffice.book(show, 'A1', { user: 2, wait: 10 })).status).toBe(201);
  expect(await boxoffice.confirm(held.id)).toMatchObject({ status: 409, body: { code: 'hold_expired' } });
  expect(await boxoffice.cancel(held.id)).toMatchObject({ status: 409, body: { code: 'hold_expired' } });
  await eventually(
    async () => (await boxoffice.call(`/api/bookings/${other.id}/`, { user: 1 })).body.status === 'expired',
  );
  const seats = await boxoffice.call<{ seats: { status: string }[] }>(`/api/shows/${show}/seats/`);
  expect(seats.body.seats.slice(0, 2).map((seat) => seat.status)).toEqual(['booked', 'available']);
  expect(await boxoffice.confirm(other.id)).toMatchObject({ status: 200, body: { status: 'booked' } });
});

test('of many simultaneous requests to hold one seat, through two gateways, one succeeds', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const gateway = boxoffice.gateways[index % 2];
      return boxoffice.hold(show, ['A1'], { user: index + 1, wait: 10, ...(gateway && { gateway }) });
    }),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
  for (const { status, body } of answers)
    expect(body).toMatchObject(status === 201 ? { status: 'held' } : { code: 'seat_taken', seats: ['A1'] });
  expect(await boxoffice.rows('select 1 from booking.seat_claims where show_id = ?', [show])).toHaveLength(1);
});

test('fifty parallel requests of one user stay within the limit of the show', async () => {
  await boxoffice.rows('update catalog.shows set max_seats_per_user = 4 where id = ?', [show]);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const gateway = boxoffice.gateways[index % 2];
      return boxoffice.hold(show, { best: { count: 1 + (index % 2) } }, { wait: 10, ...(gateway && { gateway }) });
    }),
  );
  const held = answers
    .filter(({ status }) => status === 201)
    .flatMap(({ body }) => (body as { seats?: string[] }).seats ?? []);
  expect(held).toHaveLength(4);
  for (const { status, body } of answers)
    if (status !== 201) expect(body).toMatchObject({ status: 409, code: 'limit_reached' });
  const claims = await boxoffice.rows('select 1 from booking.seat_claims where show_id = ?', [show]);
  expect(claims).toHaveLength(4);
});

test('a priced show says what is due, and an administrator finds the booking by its code and takes the money', async () => {
  await price();
  const wrong = await boxoffice.hold(show, ['A1', 'A2'], { wait: 10, fields: { expected_total: 2_000 } });
  expect(wrong).toMatchObject({ status: 409, body: { code: 'price_changed' } });
  const { body: held } = await boxoffice.hold(show, ['A1', 'A2'], { wait: 10, fields: { expected_total: 2_500 } });
  const { code } = held as { code?: string };
  expect(held).toMatchObject({ total: { amount: 2_500, currency: 'EUR' }, code: expect.any(String) });
  const admin = { user: 9, role: 'admin' as const };
  const pay = () =>
    boxoffice.call(`/api/admin/bookings/${held.id}/pay/`, { ...admin, method: 'POST', body: { paid_with: 'card' } });
  expect(await pay()).toMatchObject({ status: 409, body: { code: 'nothing_due' } });
  await boxoffice.confirm(held.id);
  const found = await boxoffice.call<{ results: { id: string }[] }>(
    `/api/admin/bookings/?code=${code?.slice(0, 4).toLowerCase()}-${code?.slice(4)}`,
    admin,
  );
  expect(found.body.results).toMatchObject([{ id: held.id, status: 'booked', code, paid_at: null }]);
  const paid = await pay();
  expect(paid).toMatchObject({ status: 200, body: { status: 'booked', paid_at: expect.stringMatching(/Z$/) } });
  expect(await pay()).toMatchObject({ status: 200, body: paid.body });
  expect((await boxoffice.call(`/api/bookings/${held.id}/`, { user: 1 })).body).toEqual(paid.body);
  const lines = await boxoffice.call<{ results: object[] }>('/api/admin/audit/?action=pay', admin);
  expect(lines.body.results).toMatchObject([{ actor: { id: 9 }, subject_id: held.id, after: { paid_with: 'card' } }]);
  expect(
    (
      await boxoffice.call(`/api/admin/bookings/${held.id}/pay/`, {
        user: 1,
        method: 'POST',
        body: { paid_with: 'card' },
      })
    ).status,
  ).toBe(403);
});

test('a show that is paid for online can be held, but neither booked nor confirmed', async () => {
  await price('online');
  const { body: held } = await boxoffice.hold(show, ['A1'], { wait: 10 });
  expect(await boxoffice.confirm(held.id)).toMatchObject({ status: 402, body: { code: 'payment_required' } });
  expect(await boxoffice.book(show, 'A2', { wait: 10 })).toMatchObject({
    status: 402,
    body: { code: 'payment_required' },
  });
});

test('holds of other users can be neither confirmed nor released', async () => {
  const { body: held } = await boxoffice.hold(show, ['A1'], { wait: 10 });
  expect((await boxoffice.confirm(held.id, { user: 2 })).status).toBe(404);
  expect((await boxoffice.cancel(held.id, { user: 2 })).status).toBe(404);
});

test('a request names either seats or `best`', async () => {
  for (const body of [{}, { seats: ['A1'], best: { count: 1 } }, { best: { count: 11 } }, { seats: ['Z9'] }]) {
    const { status } = await boxoffice.call(`/api/shows/${show}/holds/`, { method: 'POST', user: 1, body });
    expect(status, JSON.stringify(body)).toBe(400);
  }
});
