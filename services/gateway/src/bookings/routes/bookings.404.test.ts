/** Bookings and jobs of other users, and unknown ids, are not found. */
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { partitionOf } from '@boxoffice/shared/partition';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const owner = 1;
const stranger = 2;

let boxoffice: Boxoffice;
let show: number;
let booking: { id: string };
let refusedJob: string;
let cancelJob: string;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  show = await boxoffice.addShow();
  booking = (await boxoffice.book(show, 'A1', { user: owner, wait: 10 })).body;
  refusedJob = (await boxoffice.book(show, 'A1', { user: owner, wait: 10 })).body.job_id ?? '';
  const other = (await boxoffice.book(show, 'A2', { user: owner, wait: 10 })).body;
  cancelJob = (await boxoffice.cancel(other.id, { user: owner, wait: 0 })).body.id;
  await boxoffice.outcome(cancelJob, { user: owner });
});
afterAll(() => boxoffice.stop());

describe("another user's", () => {
  test('booking cannot be seen', async () => {
    expectProblem(await boxoffice.call(`/api/bookings/${booking.id}/`, { user: stranger }), 'booking_not_found');
  });

  test('booking cannot be cancelled, waiting or not, with a key or without', async () => {
    expectProblem(await boxoffice.cancel(booking.id, { user: stranger }), 'booking_not_found');
    expectProblem(await boxoffice.cancel(booking.id, { user: stranger, wait: 0 }), 'booking_not_found');
    const keyed = () => boxoffice.cancel(booking.id, { user: stranger, key: 'k' });
    const [first, repeat] = [
      expectProblem(await keyed(), 'booking_not_found'),
      expectProblem(await keyed(), 'booking_not_found'),
    ];
    expect({ ...repeat, instance: first.instance }).toEqual(first);
    expect(await boxoffice.call(`/api/bookings/${booking.id}/`, { user: owner })).toMatchObject({
      body: { status: 'booked' },
    });
  });

  test('cancelled booking is not found either', async () => {
    const { body: gone } = await boxoffice.book(show, 'A3', { user: owner, wait: 10 });
    await boxoffice.cancel(gone.id, { user: owner });
    expectProblem(await boxoffice.cancel(gone.id, { user: stranger }), 'booking_not_found');
  });

  test('booking cannot be cancelled while it is queued', async () => {
    const { body: queued } = await boxoffice.book(show, 'A4', { user: owner });
    expectProblem(await boxoffice.cancel(queued.id, { user: stranger }), 'booking_not_found');
    expect(await boxoffice.outcome(queued.id, { user: owner })).toMatchObject({ status: 'succeeded' });
  });

  test('job cannot be seen: of a booking, a rejection or a cancellation', async () => {
    for (const id of [booking.id, refusedJob, cancelJob]) {
      expect((await boxoffice.call(`/api/jobs/${id}/`, { user: owner })).status).toBe(200);
      expectProblem(await boxoffice.call(`/api/jobs/${id}/`, { user: stranger }), 'job_not_found');
    }
  });

  test('booking is not found by an administrator either, except under /api/admin/', async () => {
    const admin = { user: stranger, role: 'admin' } as const;
    expectProblem(await boxoffice.call(`/api/bookings/${booking.id}/`, admin), 'booking_not_found');
    expectProblem(await boxoffice.cancel(booking.id, admin), 'booking_not_found');
    expectProblem(await boxoffice.call(`/api/jobs/${booking.id}/`, admin), 'job_not_found');
  });

  test("bookings are not in the list of a user's own", async () => {
    const { body } = await boxoffice.call<{ count: number }>(`/api/my-bookings/?user_id=${owner}`, { user: stranger });
    expect(body.count).toBe(0);
  });
});

describe('an id that', () => {
  const ids = {
    'is a word': () => 'mine',
    'is a number': () => '1',
    'is a UUID of another version': () => 'c232ab00-9414-41ec-b3c8-9f6bdeced846',
    'is well-formed but unassigned': () => requestId(newEnvelopeId(partitionOf(show, 8)), show, 0),
    'is well-formed, of an unknown partition': () => requestId(newEnvelopeId(200), show, 0),
    'is well-formed, of an unknown show': () => requestId(newEnvelopeId(0), 2_147_483_647, 0),
    'is a booking’s in capitals': () => booking.id.toUpperCase(),
    'has SQL in it': () => encodeURIComponent("' or 1=1 --"),
    'has a NUL in it': () => '%00',
    'has a Redis key in it': () => encodeURIComponent('{booking-1}:wait'),
    'is a path traversal': () => '..%2F..%2Fadmin',
  };

  test.each(Object.entries(ids))('%s is not found, whatever is asked of it', async (_, id) => {
    expectProblem(await boxoffice.call(`/api/bookings/${id()}/`, { user: owner }), 'booking_not_found');
    expectProblem(await boxoffice.cancel(id(), { user: owner }), 'booking_not_found');
    expectProblem(await boxoffice.call(`/api/jobs/${id()}/`, { user: owner }), 'job_not_found');
    const admin = { user: 9, role: 'admin' } as const;
    expectProblem(await boxoffice.call(`/api/admin/bookings/${id()}/`, admin), 'booking_not_found');
    expectProblem(
      await boxoffice.call(`/api/admin/bookings/${id()}/`, { ...admin, method: 'DELETE' }),
      'booking_not_found',
    );
  });

  test('is too long is not valid', async () => {
    const answer = await boxoffice.call(`/api/bookings/${'a'.repeat(101)}/`, { user: owner });
    expectProblem(answer, 'validation_failed');
  });
});
