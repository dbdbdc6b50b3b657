import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({
    workers: 0,
    env: { BOOKING_LIMIT_PER_MINUTE: '6', UNDECIDED_LIMIT_PER_USER: '4' },
  });
});
afterAll(() => boxoffice.stop());

test('a user may have only so many undecided requests, and send only so many in a minute', async () => {
  const show = await boxoffice.addShow();
  const book = (seat: number, user: number) => boxoffice.book(show, String(seat), { user, key: `seat ${seat}` });
  expect((await book(10, 3)).status).toBe(202); // now the show is cached, and the five are sent together
  const together = await Promise.all([1, 2, 3, 4, 5].map((seat) => book(seat, 1)));
  expect(together.map(({ status }) => status).sort()).toEqual([202, 202, 202, 202, 429]);
  const undecided = together.find(({ status }) => status === 429);
  if (!undecided) throw new Error('none was refused');
  expect(expectProblem(undecided, 'too_many_requests').detail).toContain('not decided yet');
  expect(undecided.headers.get('retry-after')).toBe('1');

  // Others are not affected; once theirs are decided, users may go on as far as the minute allows.
  expect((await book(6, 2)).status).toBe(202);
  await boxoffice.addWorker();
  for (const { status, body } of together) if (status === 202) await boxoffice.outcome(body.id);
  expect((await book(7, 1)).status).toBe(202);
  // On a slow machine the minute has allowed one more by now.
  const tooMany = await eventually(async () => {
    const response = await book(8, 1);
    return response.status === 429 && response;
  });
  expect(expectProblem(tooMany, 'too_many_requests').detail).toContain('too many booking requests');
  expect(Number(tooMany.headers.get('retry-after'))).toBeGreaterThan(1);
  expectProblem(
    await boxoffice.cancel(together.find(({ status }) => status === 202)?.body.id ?? ''),
    'too_many_requests',
  );

  // The last one that was accepted may not be decided yet.
  const count = async () => (await boxoffice.rows('select id from booking.bookings where show_id = ?', [show])).length;
  await expect.poll(count).toBeGreaterThanOrEqual(7);
  expect(await count()).toBeLessThanOrEqual(8);
});
