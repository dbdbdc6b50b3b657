import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@boxoffice/shared/service/logging';
import { sign, signatureHeader } from './signature.ts';
import type { TestCheckoutRow } from './test-bank.ts';
import type { TestEvent } from './test-provider.ts';

const attemptLimit = 8;
const firstPauseMs = 250;
/** Providers do not hurry: each delivery comes after up to so many milliseconds. */
const latestMs = 500;

/**
 * Sends an event by HTTP, as a provider out there would: signed, a little late, twice, and again until it is answered.
 * If nobody answers for long it is lost: reconciliation must find out.
 */
export async function sendEvent(
  checkout: TestCheckoutRow,
  { secret, url, logger }: { secret: string; url: string; logger: Logger },
): Promise<void> {
  const event: TestEvent = {
    ...{ id: `evt_${randomUUID()}`, kind: `payment.${checkout.status}` },
    ...{ payment_id: checkout.payment_id, reference: checkout.reference },
    ...{ status: checkout.status as TestEvent['status'], amount: checkout.amount, currency: checkout.currency },
  };
  const body = JSON.stringify(event);
  for (let delivered = 0, attempt = 0; delivered < 2 && attempt < attemptLimit; attempt++) {
    await delay(Math.random() * latestMs, undefined, { ref: false });
    const accepted = await fetch(`${url}/api/payments/events/test/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [signatureHeader]: sign(secret, body) },
      body,
      signal: AbortSignal.timeout(5_000),
    }).then(
      (response) => response.ok,
      () => false,
    );
    if (accepted) delivered++;
    else await delay(firstPauseMs * 2 ** attempt, undefined, { ref: false });
  }
  logger.debug({ event: event.id }, 'event of the test provider sent');
}
