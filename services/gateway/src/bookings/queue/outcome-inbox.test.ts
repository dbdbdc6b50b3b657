import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { createLogger } from '@boxoffice/shared/service/logging';
import { eventually } from '@boxoffice/testing/eventually';
import { Redis } from 'ioredis';
import { expect, it, vi } from 'vitest';
import { OutcomeInbox } from './outcome-inbox.ts';

it('looks up every overdue outcome in turn, also while the oldest stay undecided', async () => {
  const lookedUp = new Set<string>();
  const inbox = inboxWith(async (ids) => {
    for (const id of ids) lookedUp.add(id);
    return [];
  });
  const ids = Array.from({ length: 2_500 }, () => requestId(newEnvelopeId(0), 1, 0));
  const waits = ids.map((id) => inbox.wait(id, 60_000));
  await eventually(() => ids.every((id) => lookedUp.has(id)));
  inbox.close();
  expect(new Set(await Promise.all(waits))).toEqual(new Set([null]));
});

/** An inbox whose look-ups the test answers. */
function inboxWith(findOutcomes: (ids: readonly string[]) => Promise<Outcome[]>): OutcomeInbox {
  return new OutcomeInbox({
    subscriber: new Redis({ lazyConnect: true }),
    logger: createLogger('gateway', { LOG_LEVEL: 'silent' }),
    lookup: { findOutcomes },
    onOutcomes: () => undefined,
  });
}

it('begins no sweep while one is in progress, however long it takes, and sweeps again afterwards', async () => {
  vi.useFakeTimers();
  try {
    const lookups: PromiseWithResolvers<Outcome[]>[] = [];
    const inbox = inboxWith(() => {
      const lookup = Promise.withResolvers<Outcome[]>();
      lookups.push(lookup);
      return lookup.promise;
    });
    const id = requestId(newEnvelopeId(0), 1, 0);
    const wait = inbox.wait(id, 60_000);
    await vi.advanceTimersByTimeAsync(500); // nothing is overdue
    lookups.pop()?.resolve([]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lookups).toHaveLength(1);
    lookups[0]?.reject(new Error('away'));
    await vi.advanceTimersByTimeAsync(500);
    expect(lookups).toHaveLength(2);
    const outcome: Outcome = { id, status: 'rejected', problem: problem('seat_taken') };
    lookups[1]?.resolve([outcome]);
    expect(await wait).toEqual(outcome);
    inbox.close();
  } finally {
    vi.useRealTimers();
  }
});

it('ends a wait that is aborted, once, and leaves the others', async () => {
  const id = requestId(newEnvelopeId(0), 1, 0);
  const outcome: Outcome = { id, status: 'rejected', problem: problem('seat_taken') };
  const inbox = inboxWith(async (ids) => (ids.includes(id) ? [outcome] : []));
  const leave = new AbortController();
  const [left, stays] = [inbox.wait(id, 60_000, leave.signal), inbox.wait(id, 60_000)];
  leave.abort();
  expect(await left).toBeNull();
  expect(await stays).toEqual(outcome);
  inbox.close();
});
