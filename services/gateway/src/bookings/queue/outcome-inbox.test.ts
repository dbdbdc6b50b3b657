import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { createLogger } from '@boxoffice/shared/service/logging';
import { eventually } from '@boxoffice/testing/eventually';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
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
function inboxWith(
  findOutcomes: (ids: readonly string[]) => Promise<Outcome[]>,
  { subscriber = new Redis({ lazyConnect: true }), onOutcomes = () => undefined }: InboxOptions = {},
): OutcomeInbox {
  const logger = createLogger('gateway', { LOG_LEVEL: 'silent' });
  const inbox = new OutcomeInbox({ subscriber, logger, lookup: { findOutcomes }, onOutcomes });
  onTestFinished(() => inbox.close());
  return inbox;
}

type InboxOptions = Partial<Pick<ConstructorParameters<typeof OutcomeInbox>[0], 'subscriber' | 'onOutcomes'>>;

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

describe('with a clock of its own', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const rejected = (id: string): Outcome => ({ id, status: 'rejected', problem: problem('seat_taken') });
  const newId = (partition = 0) => requestId(newEnvelopeId(partition), 1, 0);
  /** Records what a wait came to; undefined while it lasts. */
  function follow(wait: Promise<Outcome | null>) {
    const seen: { outcome?: Outcome | null } = {};
    void wait.then((outcome) => {
      seen.outcome = outcome;
    });
    return seen;
  }
  const nothing = async () => [];

  it('passes the outcomes of a message on to those who wait for them, and to the gateway', async () => {
    const subscriber = new Redis({ lazyConnect: true });
    const onOutcomes = vi.fn();
    const inbox = inboxWith(nothing, { subscriber, onOutcomes });
    const envelopeId = newEnvelopeId(0);
    const ids = [requestId(envelopeId, 1, 0), requestId(envelopeId, 1, 1)] as [string, string];
    const [first, second, other] = [ids[0], ids[0], ids[1]].map((id) => follow(inbox.wait(id, 60_000)));
    subscriber.emit('message', inbox.channel, JSON.stringify([rejected(ids[0])]));
    await vi.advanceTimersByTimeAsync(0);
    expect([first, second, other]).toEqual([{ outcome: rejected(ids[0]) }, { outcome: rejected(ids[0]) }, {}]);
    expect(onOutcomes.mock.calls).toEqual([[[rejected(ids[0])], envelopeId]]);
    subscriber.emit('message', inbox.channel, '[]');
    subscriber.emit('message', inbox.channel, JSON.stringify([rejected('no id of ours')]));
    expect(onOutcomes).toHaveBeenCalledTimes(1);
    expect(inbox.channel).toMatch(/^boxoffice:outcomes:[0-9a-f-]{36}$/);
  });

  it('waits as long as it is asked to, and not at all for no time', async () => {
    const inbox = inboxWith(nothing);
    expect(await inbox.wait(newId(), 0)).toBeNull();
    const [brief, long] = [1_000, 60_000].map((ms) => follow(inbox.wait(newId(), ms)));
    await vi.advanceTimersByTimeAsync(999);
    expect(brief).toEqual({});
    await vi.advanceTimersByTimeAsync(1);
    expect([brief, long]).toEqual([{ outcome: null }, {}]);
  });

  it('looks an outcome up once it has been awaited for a second, and again every half second', async () => {
    const findOutcomes = vi.fn<(ids: readonly string[]) => Promise<Outcome[]>>(nothing);
    const onOutcomes = vi.fn();
    const inbox = inboxWith(findOutcomes, { onOutcomes });
    const [id, other] = [newId(), newId()];
    void inbox.wait(id, 60_000);
    void inbox.wait(other, 60_000);
    await vi.advanceTimersByTimeAsync(1_000);
    findOutcomes.mockResolvedValueOnce([rejected(other), rejected(id)]);
    await vi.advanceTimersByTimeAsync(500);
    await vi.advanceTimersByTimeAsync(500);
    expect(findOutcomes.mock.calls).toEqual([[[]], [[id, other]], [[id, other]], [[]]]);
    // Those of each envelope on their own.
    expect(onOutcomes.mock.calls.map(([outcomes]) => outcomes)).toEqual([[rejected(other)], [rejected(id)]]);
  });

  it('looks up no more than a thousand at a time', async () => {
    const findOutcomes = vi.fn<(ids: readonly string[]) => Promise<Outcome[]>>(nothing);
    const inbox = inboxWith(findOutcomes);
    const ids = Array.from({ length: 1_500 }, () => newId());
    for (const id of ids) void inbox.wait(id, 60_000);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(findOutcomes.mock.calls).toEqual([
      [[]],
      [ids.slice(0, 1_000)],
      [[...ids.slice(1_000), ...ids.slice(0, 500)]],
    ]);
  });

  it('lets twenty thousand callers wait, and answers any more without waiting', async () => {
    const inbox = inboxWith(nothing);
    const [leave, leaveShared] = [new AbortController(), new AbortController()];
    // Of two callers who waited for the same request, each has left once.
    const shared = newId(7);
    for (const signal of [leaveShared.signal, undefined]) void inbox.wait(shared, 60_000, signal);
    leaveShared.abort();
    inbox.endWaits(7);
    void inbox.wait(newId(), 60_000, leave.signal);
    for (let count = 1; count < 19_999; count++) void inbox.wait(newId(), 60_000);
    const [last, tooMany] = [follow(inbox.wait(newId(), 60_000)), follow(inbox.wait(newId(), 60_000))];
    leave.abort();
    const afterwards = follow(inbox.wait(newId(), 60_000));
    await vi.advanceTimersByTimeAsync(0);
    expect([last, tooMany, afterwards]).toEqual([{}, { outcome: null }, {}]);
  });

  it('ends the waits for one partition', async () => {
    const inbox = inboxWith(nothing);
    const [first, second] = [3, 4].map((partition) => follow(inbox.wait(newId(partition), 60_000)));
    inbox.endWaits(3);
    await vi.advanceTimersByTimeAsync(0);
    expect([first, second]).toEqual([{ outcome: null }, {}]);
  });

  it('leaves a later wait for the same request alone when a caller goes whose wait is over', async () => {
    const inbox = inboxWith(nothing);
    const [id, leave] = [newId(), new AbortController()];
    const first = follow(inbox.wait(id, 1_000, leave.signal));
    await vi.advanceTimersByTimeAsync(1_000);
    const second = follow(inbox.wait(id, 60_000));
    leave.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect([first, second]).toEqual([{ outcome: null }, {}]);
  });

  it('ends every wait when it is closed, sweeps no longer, and lets nobody wait any more', async () => {
    const findOutcomes = vi.fn(nothing);
    const inbox = inboxWith(findOutcomes);
    const before = [newId(), newId()].map((id) => follow(inbox.wait(id, 60_000)));
    inbox.close();
    const after = follow(inbox.wait(newId(), 60_000));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([...before, after]).toEqual([{ outcome: null }, { outcome: null }, { outcome: null }]);
    expect(findOutcomes).not.toHaveBeenCalled();
  });
});
