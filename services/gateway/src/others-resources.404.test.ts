/** What belongs to another user cannot be told from what does not exist: bookings, jobs, streams and keys. */
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const [owner, stranger] = [1, 2];

let boxoffice: Boxoffice;
let show: number;
let booking: string;
let unknown: string;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  show = await boxoffice.addShow();
  booking = requestId(newEnvelopeId(0), show, 0);
  unknown = requestId(newEnvelopeId(0), show, 1);
  await boxoffice.rows(
    `insert into booking.bookings (show_id, id, user_id, seats, status, created_at)
     values (?, ?, ?, '{A1}', 'booked', now()) returning id`,
    [show, booking, owner],
  );
});
afterAll(() => boxoffice.stop());

describe.each([
  ['GET', '/api/bookings/{id}/', 'booking_not_found'],
  ['POST', '/api/bookings/{id}/cancel/', 'booking_not_found'],
  ['GET', '/api/jobs/{id}/', 'job_not_found'],
  ['GET', '/api/jobs/{id}/events/', 'job_not_found'],
] as const)('%s %s', (method, path, code) => {
  test.each(['user', 'admin'] as const)('as another %s', async (role) => {
    const responses = [];
    for (const id of [booking, unknown]) {
      const response = await boxoffice.call(path.replace('{id}', id), { method, user: stranger, role });
      const { instance: _, ...body } = expectProblem(response, code);
      responses.push(JSON.parse(JSON.stringify(body).replaceAll(id, 'id')));
    }
    expect(responses[0]).toEqual(responses[1]);
    const own = await boxoffice.call(`/api/bookings/${booking}/`, { user: owner });
    expect(own.body.status).toBe('booked');
  });
});

test("another user's Idempotency-Key is one's own to use, and shows nothing of theirs", async () => {
  const first = await boxoffice.book(show, 'B1', { user: owner, wait: 10, key: 'shared' });
  expect(first.status).toBe(201);
  const same = await boxoffice.book(show, 'B1', { user: stranger, wait: 10, key: 'shared' });
  expectProblem(same, 'seat_taken');
  expect(JSON.stringify(same.body)).not.toContain(first.body.id);
  const repeated = await boxoffice.book(show, 'B1', { user: owner, wait: 10, key: 'shared' });
  expect(repeated.body.id).toBe(first.body.id);
});
