import type { JobView } from '@boxoffice/shared/contracts/booking';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { readEvents } from '@boxoffice/testing/events';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
});
afterAll(() => boxoffice.stop());

const ask = (id: string) => boxoffice.call<JobView>(`/api/jobs/${id}/`, { user: 1 });

test('active, queued behind it, then decided; Retry-After until the outcome is known', async () => {
  const show = await boxoffice.addShow();
  const gate = await closeShow(boxoffice.orm, show);
  const first = await boxoffice.book(show, 'A1');
  await gate.reached(1);
  const second = await boxoffice.book(show, 'A2');
  const third = await boxoffice.cancel(first.body.id, { wait: 0 });

  const active = await ask(first.body.id);
  expect(active.body).toEqual({ id: first.body.id, kind: 'book', status: 'active', position: 1 });
  expect(active.headers.get('retry-after')).toBe('1');
  const queued = await ask(second.body.id);
  expect(queued.body).toEqual({ id: second.body.id, kind: 'book', status: 'queued', position: expect.any(Number) });
  expect(queued.headers.get('retry-after')).toBe('1');
  expect(queued.body.position).toBeGreaterThan(0);
  const last = await ask(third.body.id);
  expect(last.body).toMatchObject({ kind: 'cancel', status: 'queued' });
  expect(last.body.position).toBeGreaterThan(queued.body.position);

  await gate.open();
  await boxoffice.outcome(third.body.id);
  const decided = await ask(second.body.id);
  expect(decided.body).toMatchObject({
    status: 'succeeded',
    position: 0,
    booking: { seats: ['A2'], status: 'booked' },
  });
  expect(decided.headers.get('retry-after')).toBeNull();
});

test('an outcome shows the booking as its request left it, the booking itself as it is now', async () => {
  const show = await boxoffice.addShow();
  const { body: booked } = await boxoffice.book(show, 'A1', { wait: 10 });
  const { body: cancelled } = await boxoffice.cancel(booked.id);
  expect(booked).toMatchObject({ status: 'booked', cancelled_at: null });
  expect((await ask(booked.id)).body).toMatchObject({ kind: 'book', status: 'succeeded', booking: booked });
  const events = await readEvents(`${boxoffice.url}/api/jobs/${booked.id}/events/`, {
    authorization: `Bearer ${boxoffice.token(1)}`,
  });
  expect(await events.next()).toMatchObject({ event: 'job', data: { status: 'succeeded', booking: booked } });

  // A second cancellation changed nothing: it too left the booking cancelled.
  const again = await boxoffice.cancel(booked.id, { key: `cancel ${booked.id}`, wait: 0 });
  const cancellation = await boxoffice.outcome(again.body.id);
  expect(cancellation).toMatchObject({ kind: 'cancel', status: 'succeeded', booking: cancelled });
  expect((await boxoffice.call(`/api/bookings/${booked.id}/`, { user: 1 })).body).toEqual(cancelled);
});

test('a rejection gives its reason every time it is retrieved', async () => {
  const show = await boxoffice.addShow();
  await boxoffice.book(show, 'A1', { user: 2, wait: 10 });
  const { body } = await boxoffice.book(show, ['A1', 'A2']);
  await boxoffice.outcome(body.id);
  const [once, again] = [await ask(body.id), await ask(body.id)];
  expect(once.body).toEqual({
    id: body.id,
    kind: 'book',
    status: 'rejected',
    position: 0,
    problem: {
      type: 'urn:boxoffice:problem:seat_taken',
      code: 'seat_taken',
      title: 'A seat is taken',
      status: 409,
      detail: 'Seat A1 is taken.',
      seats: ['A1'],
    },
  });
  expect(again.body).toEqual(once.body);
});
