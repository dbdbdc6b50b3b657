import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Problem } from '@boxoffice/shared/contracts/problems';
import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import type { SpawnedService } from '@boxoffice/testing/service';
import { closeShow } from '@boxoffice/testing/show-gate';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
beforeAll(async () => {
  boxoffice = await startBoxoffice();
});
afterAll(() => boxoffice.stop());

it('answers all waiting clients when it is stopped, and exits; other gateways serve the outcomes', async () => {
  const show = await boxoffice.addShow();
  const gate = await closeShow(boxoffice.orm, show);
  const gateway = await boxoffice.addGateway();
  const waiting = Array.from({ length: 10 }, (_, index) =>
    boxoffice.book(show, `A${index + 1}`, { user: index + 1, wait: 30, gateway }),
  );
  await gate.reached(1);
  await eventually(async () => (await metric('booking_submitted_envelope_requests_sum', gateway)) === 10);
  const stopped = gateway.stop();
  const responses = await Promise.all(waiting);
  expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(202));
  expect(await stopped).toEqual({ code: 0, signal: null });
  await gate.open();
  for (const [index, { body }] of responses.entries())
    expect((await boxoffice.outcome(body.id, { user: index + 1 })).status).toBe('succeeded');
});

it('finishes what it has begun while it is stopped, and refuses what arrives later with a problem', async () => {
  const gateway = await boxoffice.addGateway();
  const show = await boxoffice.addShow();
  const authorization = `Authorization: Bearer ${boxoffice.token(1)}\r\n`;
  const [one, other] = [await beginToBook(gateway, show, 'A1'), await beginToBook(gateway, show, 'A2')];
  const stopped = gateway.stop();
  await eventually(() =>
    fetch(`${gateway.url}/livez`).then(
      () => false,
      () => true,
    ),
  );

  const [accepted, refused = ''] = await one.finish(`GET /api/my-bookings/ HTTP/1.1\r\n${authorization}`);
  expect(accepted).toMatch(/^202 /);
  expect(refused).toMatch(/^503 /);
  expect(refused).toMatch(/^content-type: application\/problem\+json/im);
  expect(refused).toMatch(/^retry-after: 1\r$/im);
  expect(refused).toMatch(/^connection: close\r$/im);
  expect(refused).toMatch(/^x-content-type-options: nosniff\r$/im);
  expect(refused).toMatch(/^content-security-policy: /im);
  const { code, status, detail, instance } = JSON.parse(refused.slice(refused.indexOf('\r\n{'))) as Problem;
  expect({ code, status }).toEqual({ code: 'service_unavailable', status: 503 });
  expect(detail).toContain('being stopped');
  expect(refused).toContain(`x-request-id: ${instance}\r\n`);

  const [, readiness] = await other.finish('GET /readyz HTTP/1.1\r\n');
  expect(readiness).toMatch(/^503 .*"status":"stopping"/s);
  expect(await stopped).toEqual({ code: 0, signal: null });
});

/**
 * Sends a booking request without its body, and waits until the gateway has begun to handle it. `finish` sends the body
 * and then another request over the same connection, and returns both responses without "HTTP/1.1 ".
 */
async function beginToBook({ url }: SpawnedService, show: number, seat: string) {
  const body = JSON.stringify({ seat_number: seat });
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const received = text(socket);
  socket.write(
    `POST /api/shows/${show}/book/ HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${boxoffice.token(1)}\r\n` +
      `Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  await once(socket, 'data'); // 100 Continue
  return {
    async finish(next: string): Promise<string[]> {
      socket.write(`${body}${next}Host: localhost\r\n\r\n`);
      return (await received).split('HTTP/1.1 ').slice(2);
    },
  };
}

async function metric(name: string, gateway: SpawnedService): Promise<number> {
  const text = await boxoffice.metrics({ gateway });
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}
