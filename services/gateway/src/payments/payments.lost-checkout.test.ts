/** Payments whose checkout Stripe opened without its response ever arriving: they are known by their intent alone. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type PaidShows, patiently, startPaidShows } from '../../test/paid-shows.ts';

let shows: PaidShows;
beforeAll(async () => {
  shows = await startPaidShows({ env: { PAYMENT_CALLS_PER_SECOND: '200' } });
});
afterAll(() => shows.stop());
afterEach(() => shows.stripe.heal());

async function begin(show: number) {
  shows.stripe.fail(/\/checkout\/sessions$/, 'hang');
  const { body: hold } = await patiently(() => shows.boxoffice.hold(show, ['A1'], { wait: 10 }));
  const { body: payment } = await patiently(() => shows.pay(hold.id));
  return { booking: hold.id, payment: payment.id, session: shows.stripe.book.sessionOf(payment.id).id };
}
/** The buyer has paid, and the event about the money arrives before the call that opened the checkout is made again. */
async function paid() {
  const begun = await begin(await shows.addShow());
  await shows.deliver(shows.stripe.book.pay(begun.session)[0]);
  return begun;
}
const cancel = async (booking: string) =>
  expect((await patiently(() => shows.boxoffice.cancel(booking))).status).toBe(200);

test('the money is captured, and given back', async () => {
  const { payment, session, booking } = await paid();
  await shows.reaches(payment, 'captured', 30_000);
  await cancel(booking);
  await shows.reaches(payment, 'refunded', 30_000);
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1 });
  expect(await shows.row(payment)).toMatchObject({ reference: null });
});

test('the money is released if somebody else has taken the seats', async () => {
  const show = await shows.addShow();
  const { payment, session, booking } = await begin(show);
  await shows.endHold(booking);
  expect((await patiently(() => shows.boxoffice.hold(show, ['A1'], { user: 2, wait: 10 }))).status).toBe(201);
  await shows.deliver(shows.stripe.book.pay(session)[0]);
  await shows.reaches(payment, 'voided', 30_000);
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 0, status: 'canceled' });
});

test('a capture that was carried out, but is answered 500 for ever, is found out by asking', async () => {
  shows.stripe.fail(/\/capture$/, 'broken');
  const { payment, session } = await paid();
  await shows.reaches(payment, 'captured', 30_000);
  expect(shows.stripe.book.intentOf(session).captures).toBe(1);
});

test('a refund that was refused for lack of balance is made once there is some', async () => {
  const { payment, session, booking } = await paid();
  await shows.reaches(payment, 'captured', 30_000);
  shows.stripe.book.hasBalance = false;
  await cancel(booking);
  await shows.isPutOff(payment, 'refund_declined');
  shows.stripe.book.hasBalance = true;
  await shows.remind(payment);
  await shows.reaches(payment, 'refunded');
  expect(shows.stripe.book.intentOf(session)).toMatchObject({ captures: 1, refunds: 1 });
});
