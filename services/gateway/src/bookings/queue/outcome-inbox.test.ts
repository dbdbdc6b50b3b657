import { setTimeout as delay } from 'node:timers/promises';
import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { createLogger } from '@boxoffice/shared/service/logging';
import { eventually } from '@boxoffice/testing/eventually';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { OutcomeInbox } from './outcome-inbox.ts';

it('looks up every overdue outcome in turn, also while the oldest stay undecided', async () => {
  const lookedUp = new Set<string>();
  const inbox = new OutcomeInbox({
    subscriber: new Redis({ lazyConnect: true }),
    logger: createLogger('gateway', { LOG_LEVEL: 'silent' }),
    lookup: {
      findOutcomes: async (ids) => {
        for (const id of ids) lookedUp.add(id);
        return [];
      },
    },
    onOutcomes: () => undefined,
  });
  const ids = Array.from({ length: 2_500 }, () => requestId(newEnvelopeId(0), 1, 0));
  const waits = ids.map((id) => inbox.wait(id, 60_000));
  await eventually(() => ids.every((id) => lookedUp.has(id)));
  inbox.close();
  expect(new Set(await Promise.all(waits))).toEqual(new Set([null]));
});

it('sweeps again only after the sweep before it has finished', async () => {
  let running = 0;
  let sweeps = 0;
  let overlapped = false;
  const inbox = new OutcomeInbox({
    subscriber: new Redis({ lazyConnect: true }),
    logger: createLogger('gateway', { LOG_LEVEL: 'silent' }),
    lookup: {
      findOutcomes: async () => {
        sweeps++;
        if (++running > 1) overlapped = true;
        await delay(1_200); // longer than two sweeps are apart
        running--;
        return [];
      },
    },
    onOutcomes: () => undefined,
  });
  const waiting = inbox.wait(requestId(newEnvelopeId(0), 1, 0), 60_000);
  await eventually(() => sweeps >= 2 || overlapped);
  inbox.close();
  await waiting;
  expect(overlapped).toBe(false);
});
