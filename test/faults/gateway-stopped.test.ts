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

async function metric(name: string, gateway: SpawnedService): Promise<number> {
  const text = await boxoffice.metrics({ gateway });
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
}
