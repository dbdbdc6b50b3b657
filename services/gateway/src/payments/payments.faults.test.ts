/** Payments while the provider, Redis and the gateway fail. */
import { eventually } from '@boxoffice/testing/eventually';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PaidShows, startPaidShows } from '../../test/paid-shows.ts';

let shows: PaidShows;
beforeAll(async () => {
  shows = await startPaidShows();
});
afterAll(() => shows.stop());
afterEach(() => shows.stripe.heal());

const capture = /\/capture$/;
const refunds = /\/v1\/refunds/;
const deliver = (event: object | undefined) => shows.stripe.deliver(shows.boxoffice.url, event ?? {});
async function paid(show: number, seats: string[], user = 1) {
  const begun = await shows.begin(show, seats, user);
  await deliver(shows.stripe.book.pay(begun.session)[0]);
  return begun;
}

test('a capture whose answer is lost is made again under the same key, and the money taken once', async () => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, 'drop', { times: 2 });
  const { payment, session, booking } = await paid(show, ['A1']);
  await shows.reaches(payment, 'captured', 30_000);
  const calls = shows.stripe.callsOf(capture);
  expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
  expect(calls.filter(({ replayed }) => replayed).length).toBeGreaterThan(0);
  expect(shows.stripe.book.intentOf(session).captures).toBe(1);
  expect(await shows.bookingStatus(booking)).toBe('booked');
});

test.each([429, 500])('a capture that is answered %i is made again', async (status) => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, status, { times: 2 });
  const { payment } = await paid(show, ['A1']);
  await shows.reaches(payment, 'captured', 30_000);
});

test('a cancellation while the capture is under way ends in a refund, never in a void as well', async () => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, 'hang');
  const before = shows.stripe.callsOf(capture).length;
  const { payment, session, booking } = await paid(show, ['A1']);
  await eventually(() => expect(shows.stripe.callsOf(capture).length).toBeGreaterThan(before), { timeoutMs: 20_000 });
  expect((await shows.boxoffice.cancel(booking)).status).toBe(200);
  await shows.reaches(payment, 'refunded', 30_000);
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1, status: 'succeeded' });
  expect(shows.stripe.callsOf(/\/cancel$/).length).toBe(0);
});

test('captures and refunds come back when Redis is emptied while they are queued', async () => {
  const show = await shows.addShow();
  const first = await paid(show, ['A1']);
  await shows.reaches(first.payment, 'captured');
  shows.stripe.fail(capture, 500, { times: 3 });
  shows.stripe.fail(refunds, 500, { times: 3 });
  const second = await paid(show, ['A2']);
  await shows.boxoffice.cancel(first.booking);
  const redis = new Redis(shows.boxoffice.redisUrl);
  await redis.del(...(await redis.keys('bull:{payments}:*')));
  redis.disconnect();
  await shows.reaches(second.payment, 'captured', 40_000);
  await shows.reaches(first.payment, 'refunded', 40_000);
});

test('a gateway that dies between the call to the provider and its record takes the money once', async () => {
  const show = await shows.addShow();
  shows.stripe.fail(capture, 'hang');
  const before = shows.stripe.callsOf(capture).length;
  const { payment, session } = await paid(show, ['A1']);
  await eventually(() => expect(shows.stripe.callsOf(capture).length).toBeGreaterThan(before), { timeoutMs: 20_000 });
  const [gateway] = shows.boxoffice.gateways;
  const second = await shows.boxoffice.addGateway();
  gateway?.kill('SIGKILL');
  await gateway?.exited;
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ status: 'succeeded', captures: 1 });
  await shows.reaches(payment, 'captured', 60_000);
  expect(shows.stripe.book.intentOf(session).captures).toBe(1);
  await second.ready();
});
