import { expect, test } from 'vitest';
import { RequestBudget } from './request-budget.ts';

const refusal = (budget: RequestBudget, user: number, now: number) => {
  try {
    budget.spend(user, now);
    return null;
  } catch (error) {
    return error;
  }
};

test('a user may send a minute’s worth at once, then as many as the bucket refills', () => {
  const budget = new RequestBudget({ BOOKING_LIMIT_PER_MINUTE: 60, NODE_ENV: 'production' });
  for (let sent = 0; sent < 60; sent++) budget.spend(1, 0);
  expect(refusal(budget, 1, 0)).toMatchObject({
    // It may be a retry, which has not been looked up.
    problem: { code: 'too_many_requests', detail: expect.not.stringContaining('accepted') },
    retryAfterSeconds: 1,
  });
  expect(refusal(budget, 1, 1_000)).toBeNull();
  expect(refusal(budget, 1, 1_000)).not.toBeNull();
  expect(refusal(budget, 2, 1_000)).toBeNull();
});

test('Retry-After is when the next request is let through', () => {
  const budget = new RequestBudget({ BOOKING_LIMIT_PER_MINUTE: 4, NODE_ENV: 'production' });
  for (let sent = 0; sent < 4; sent++) budget.spend(1, 0);
  expect(refusal(budget, 1, 1_000)).toMatchObject({ retryAfterSeconds: 14 });
  expect(refusal(budget, 1, 15_000)).toBeNull();
});

test('refused requests cost nothing, and a bucket never holds more than a minute’s worth', () => {
  const budget = new RequestBudget({ BOOKING_LIMIT_PER_MINUTE: 2, NODE_ENV: 'production' });
  budget.spend(1, 0);
  budget.spend(1, 0);
  for (let now = 0; now < 30_000; now += 1_000) expect(refusal(budget, 1, now)).not.toBeNull();
  expect(refusal(budget, 1, 30_000)).toBeNull();
  for (const expected of [null, null, expect.anything()]) expect(refusal(budget, 1, 600_000)).toEqual(expected);
});
