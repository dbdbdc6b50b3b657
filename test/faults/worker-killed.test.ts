import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { ownerOf } from '@boxoffice/testing/owner-of';
import type { SpawnedService } from '@boxoffice/testing/service';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ workers: 2 });
});
afterAll(() => boxoffice.stop());

it('keeps the order and loses nothing when a worker is killed in mid-turn and another takes over', async () => {
  const show = await boxoffice.addShow();
  const owner = await ownerOf(boxoffice, show);
  const other = boxoffice.workers.find((worker) => worker !== owner) as SpawnedService;
  const gate = await closeShow(boxoffice.orm, show);
  const accept = async (response: ReturnType<Boxoffice['book']>) => {
    const { status, body } = await response;
    expect(status).toBe(202);
    return body.id;
  };
  const book = (user: number) => accept(boxoffice.book(show, 'A1', { user }));
  const cancel = (id: string, user: number) => accept(boxoffice.cancel(id, { user, wait: 0 }));

  const first = await book(1);
  await gate.reached(1);
  const jobs = [[first, 1, 'succeeded']] as [id: string, user: number, status: string][];
  jobs.push([await book(2), 2, 'rejected']);
  jobs.push([await cancel(first, 1), 1, 'succeeded']);
  const third = await book(3);
  jobs.push([third, 3, 'succeeded']);
  jobs.push([await book(4), 4, 'rejected']);
  jobs.push([await cancel(third, 3), 3, 'succeeded']);
  const last = await book(5);
  jobs.push([last, 5, 'succeeded']);

  owner.kill('SIGKILL');
  // The dead worker's session is still blocked by the gate; the new owner waits until it has ended.
  await ownerOf(boxoffice, show, [other]);
  await gate.open();
  for (const [id, user, status] of jobs) expect((await boxoffice.outcome(id, { user })).status).toBe(status);
  expect(await boxoffice.rows('select seat_number, booking_id from booking.seat_claims')).toEqual([
    { seat_number: 'A1', booking_id: last },
  ]);
  expect(await boxoffice.rows('select id from booking.bookings order by id')).toEqual(
    [first, third, last].map((id) => ({ id })),
  );
});
