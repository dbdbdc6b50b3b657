import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice({ gateways: 2, workers: 2 });
});
afterAll(() => boxoffice.stop());

it('decides the requests for a show in order of acceptance, across gateways', async () => {
  const show = await boxoffice.addShow();
  const gate = await closeShow(boxoffice.orm, show);
  const jobs: { id: string; user: number; expected: string }[] = [];
  // Each winner gets the seat that the previous winner has just cancelled; the loser in between asks too early.
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

it('gives a seat to one of fifty concurrent requests, and answers all of them', async () => {
  const show = await boxoffice.addShow();
  const responses = await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const gateway = boxoffice.gateways[index % 2];
      return boxoffice.book(show, 'A1', { user: index + 1, wait: 20, ...(gateway && { gateway }) });
    }),
  );
  const statuses = responses.map(({ status }) => status).sort();
  expect(statuses).toEqual([201, ...Array(49).fill(409)]);
  for (const { status, body } of responses) if (status === 409) expect(body.seats).toEqual(['A1']);
});
