import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2, workers: 2 });
});
afterAll(() => boxoffice.stop());

it('decides the requests for a show in the order in which they were accepted, by whichever gateway', async () => {
  const show = await boxoffice.addShow();
  const gate = await closeShow(boxoffice.orm, show);
  const jobs: { id: string; user: number; expected: string }[] = [];
  // Everyone takes the seat of the one before as that one gives it up; the one between comes too early.
  for (let user = 1; user <= 30; user += 2) {
    const gateway = boxoffice.gateways[user % 4 === 1 ? 0 : 1];
    const call = { ...(gateway && { gateway }) };
    const winner = await boxoffice.book(show, 'A1', { user, ...call });
    const loser = await boxoffice.book(show, 'A1', { user: user + 1, ...call });
    const cancel = await boxoffice.cancel(winner.body.id, { user, wait: 0 });
    jobs.push({ id: winner.body.id, user, expected: 'succeeded' });
    jobs.push({ id: loser.body.id, user: user + 1, expected: 'rejected' });
    jobs.push({ id: cancel.body.id, user, expected: 'succeeded' });
  }
  const last = await boxoffice.call(`/api/jobs/${jobs.at(-1)?.id}/`, { user: jobs.at(-1)?.user ?? 0 });
  expect(last.body).toMatchObject({ status: 'queued' });
  expect(last.headers.get('retry-after')).toBe('1');
  await gate.open();
  for (const { id, user, expected } of jobs) expect((await boxoffice.outcome(id, { user })).status).toBe(expected);
});

it('gives a seat to one of fifty who want it at once, and every one an answer', async () => {
  const show = await boxoffice.addShow();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const gateway = boxoffice.gateways[index % 2];
      return boxoffice.book(show, 'A1', { user: index + 1, wait: 20, ...(gateway && { gateway }) });
    }),
  );
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toEqual([201, ...Array(49).fill(409)]);
  for (const { status, body } of answers) if (status === 409) expect(body.seats).toEqual(['A1']);
});
