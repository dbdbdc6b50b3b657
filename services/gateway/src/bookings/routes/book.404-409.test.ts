/** Requests that cannot be booked: no such show, a show that has started, a seat that is taken. */

import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { expectProblem } from '@boxoffice/testing/problem';
import { afterAll, beforeAll, expect, test } from 'vitest';

let boxoffice: Boxoffice;
let show: number;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
  show = await boxoffice.addShow();
  await boxoffice.book(show, ['A1', 'A2'], { user: 9, wait: 10 });
});
afterAll(() => boxoffice.stop());

test.each([{ wait: 10 }, {}])('404: there is no such show, with %j', async (preference) => {
  expectProblem(await boxoffice.book(2_147_483_647, 'A1', preference), 'show_not_found');
});

test('409: the show has started', async () => {
  const started = await boxoffice.addShow({ startsAt: new Date(Date.now() - 1_000) });
  expectProblem(await boxoffice.book(started, 'A1', { wait: 10 }), 'show_started');
});

test('409: the seat is taken; the problem names the seat and the job', async () => {
  const answer = await boxoffice.book(show, 'a1', { user: 2, wait: 10 });
  const problem = expectProblem(answer, 'seat_taken');
  expect(problem).toMatchObject({ detail: 'Seat A1 is taken.', seats: ['A1'], job_id: expect.any(String) });
  expect(answer.headers.get('preference-applied')).toBe('wait=10');
  const job = await boxoffice.call(`/api/jobs/${problem.job_id}/`, { user: 2 });
  expect(job).toMatchObject({
    status: 200,
    body: { status: 'rejected', problem: { code: 'seat_taken', seats: ['A1'] } },
  });
});

test('409: the user has already booked the seat', async () => {
  expectProblem(await boxoffice.book(show, 'A1', { user: 9, wait: 10 }), 'seat_taken');
});

test('409: some of several seats are taken: the problem names them, and none is booked', async () => {
  const problem = expectProblem(
    await boxoffice.book(show, ['A3', 'A2', 'A4', 'A1'], { user: 2, wait: 10 }),
    'seat_taken',
  );
  expect(problem.seats).toEqual(['A2', 'A1']);
  expect(await boxoffice.book(show, ['A3', 'A4'], { user: 3, wait: 10 })).toMatchObject({ status: 201 });
});

test('without waiting, the job reports the taken seat', async () => {
  const accepted = await boxoffice.book(show, 'A1', { user: 2 });
  expect(accepted.status).toBe(202);
  expect(await boxoffice.outcome(accepted.body.id, { user: 2 })).toMatchObject({
    status: 'rejected',
    problem: { code: 'seat_taken', seats: ['A1'] },
  });
});
