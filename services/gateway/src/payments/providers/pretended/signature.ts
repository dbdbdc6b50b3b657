import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { InvalidEvent } from '../provider.ts';

export const signatureHeader = 'x-test-signature';
/** How old an event may be, in seconds. */
const toleranceSeconds = 300;

const mac = (secret: string, seconds: string, body: string) =>
  createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');

/** Signs an event of the test provider, with the time. */
export function sign(secret: string, body: string, at = Date.now()): string {
  const seconds = String(Math.floor(at / 1_000));
  return `t=${seconds},v1=${mac(secret, seconds, body)}`;
}

/** @throws {InvalidEvent} when the signature is missing, another's or too old */
export function verify(secret: string, headers: IncomingHttpHeaders, body: string): void {
  const [, seconds, signature] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(String(headers[signatureHeader] ?? '')) ?? [];
  if (!seconds || !signature) throw new InvalidEvent('the signature is missing');
  const isOurs = timingSafeEqual(Buffer.from(mac(secret, seconds, body)), Buffer.from(signature));
  if (!isOurs) throw new InvalidEvent('the signature is wrong');
  if (Math.abs(Date.now() / 1_000 - Number(seconds)) > toleranceSeconds) throw new InvalidEvent('the event is too old');
}
