import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { describe, expect, test, vi } from 'vitest';
import { type StartPaymentDependencies, startPayment } from './start-payment.ts';

const bookingId = requestId(newEnvelopeId(0), 7, 0);
const inMs = (ms: number) => new Date(Date.now() + ms);

/** Begins the payment of a hold with the outcome of a checkout that succeeded before. */
async function start(stored: { status: string; expiresAt: Date }) {
  const booking = { id: bookingId, status: 'held', total: { amount: 950, currency: 'EUR' } };
  const outcome = Promise.resolve({ id: bookingId, status: 'succeeded', booking });
  const add = vi.fn(async () => ({ id: 'added', status: 'pending', checkout_url: 'https://pay' }));
  const dependencies = {
    bookings: { find: async () => ({ userId: 1, ...stored }) },
    queue: { submit: async () => ({ status: 'queued', id: bookingId, position: 0, outcome }) },
    payments: { stored: { findOpen: async () => null }, changes: { add }, provider: 'stripe', seconds: 900 },
  } as unknown as StartPaymentDependencies;
  const acceptance = { within: (work: unknown) => work };
  const change = { bookingId, userId: 1, waitMs: 0, key: undefined, acceptance, requestId: 'test' };
  const started = await startPayment(dependencies, change as unknown as Parameters<typeof startPayment>[1]).catch(
    (error) => error.problem.code,
  );
  return { started, added: add.mock.calls.length };
}

describe('a checkout that was granted before', () => {
  test('begins a payment while the hold lasts', async () => {
    const { started, added } = await start({ status: 'held', expiresAt: inMs(60_000) });
    expect([started, added]).toMatchObject([{ payment: { id: 'added' } }, 1]);
  });

  test.each([
    ['has ended', { status: 'held', expiresAt: inMs(-1) }, 'hold_expired'],
    ['was marked as expired', { status: 'expired', expiresAt: inMs(-1) }, 'hold_expired'],
    ['was cancelled', { status: 'cancelled', expiresAt: inMs(60_000) }, 'hold_expired'],
    ['is booked', { status: 'booked', expiresAt: inMs(60_000) }, 'nothing_due'],
  ])('begins none when the hold %s meanwhile', async (_, stored, code) => {
    expect(await start(stored)).toEqual({ started: code, added: 0 });
  });
});
