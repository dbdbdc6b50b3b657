/** How a turn is assembled and taken apart, with a store in memory: the other tests of turns use a real one. */
import { setImmediate as endOfTick } from 'node:timers/promises';
import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { eventually } from '@boxoffice/testing/eventually';
import { describe, expect, it, vi } from 'vitest';
import { sqlError } from '../test/model-store.ts';
import {
  decide,
  decided,
  holdUp,
  idle,
  idsOf,
  logger,
  metrics,
  model,
  others,
  ours,
  requestsFor,
  sizes,
  turns,
} from '../test/turn-model.ts';
import { LeaseLost } from './store/errors.ts';

describe('the envelopes of a turn', () => {
  it('are those that arrived in the same tick, and each gets its own outcomes', async () => {
    const envelopes = [requestsFor('A1', 2), requestsFor('A2'), requestsFor('A3', 3)];
    const outcomes = await Promise.all(envelopes.map((requests) => decide(requests)));
    expect(outcomes.map((some) => some.map(({ id }) => id))).toEqual(envelopes.map((requests) => idsOf(requests)));
    expect(outcomes.map((some) => some[0]?.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(model.attempts).toEqual([{ call: 'decide', ids: idsOf(...envelopes), leases: [ours, ours, ours] }]);
  });

  it('gather while the previous turn is in progress', async () => {
    const held = holdUp();
    const first = decide(requestsFor('A1'));
    await eventually(() => model.attempts.length === 1, { intervalMs: 1 });
    const rest = [decide(requestsFor('A2')), decide(requestsFor('A3'))];
    held.resolve();
    await Promise.all([first, ...rest]);
    expect(sizes()).toEqual([1, 2]);
  });

  it.each([
    { envelopes: [1_000, 24, 1], expected: [1_024, 1] },
    { envelopes: [1_000, 25, 1], expected: [1_000, 26] },
    { envelopes: [1_100, 1], expected: [1_100, 1] },
  ])('have at most 1,024 requests, unless it is a single one: $envelopes', async ({ envelopes, expected }) => {
    await Promise.all(envelopes.map((count) => decide(requestsFor('A1', count))));
    expect(sizes()).toEqual(expected);
  });

  it('are waited for if recent turns make them likely', async () => {
    await Promise.all([decide(requestsFor('A1')), decide(requestsFor('A2'))]);
    await idle();
    const first = decide(requestsFor('A3'));
    await endOfTick();
    await endOfTick();
    expect(sizes()).toEqual([2]);
    // It completes the turn, which then need not wait for its 2 ms to pass.
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    try {
      await Promise.all([first, decide(requestsFor('B1'))]);
    } finally {
      vi.useRealTimers();
    }
    expect(sizes()).toEqual([2, 2]);
  });
});

it('is busy from the first envelope until all are decided', async () => {
  expect(turns.busy).toBe(false);
  const held = holdUp();
  const first = decide(requestsFor('A1'));
  expect(turns.busy).toBe(true);
  held.resolve();
  await first;
  await idle();
  await decide(requestsFor('A2'));
  expect(decided).toHaveLength(2);
});

it('fails its check, and says why, while a turn waits for the database', async () => {
  let isAway = true;
  model.onAttempt = () => {
    if (isAway) throw sqlError('57P03');
  };
  expect(() => turns.check()).not.toThrow();
  const outcomes = decide(requestsFor('A1'));
  await eventually(() => model.attempts.length > 0, { intervalMs: 1 });
  await endOfTick();
  expect(() => turns.check()).toThrow('turns wait for the database: error 57P03');
  isAway = false;
  expect(await outcomes).toMatchObject([{ status: 'succeeded' }]);
  expect(() => turns.check()).not.toThrow();
});

describe('stop', () => {
  it('waits for the turn in progress, and begins no new one', async () => {
    const held = holdUp();
    const first = decide(requestsFor('A1'));
    await eventually(() => model.attempts.length === 1, { intervalMs: 1 });
    void decide(requestsFor('A2'));
    let isStopped = false;
    const stopped = turns.stop().then(() => {
      isStopped = true;
    });
    await endOfTick();
    expect(isStopped).toBe(false);
    held.resolve();
    expect(await first).toMatchObject([{ status: 'succeeded' }]);
    await stopped;
    void decide(requestsFor('A3'));
    await idle();
    expect(sizes()).toEqual([1]);
    expect(decided).toHaveLength(1);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('abandons a turn that waits for the database: the next owner decides it', async () => {
    model.onAttempt = () => {
      throw sqlError('57P03');
    };
    for (const seat of ['A1', 'A2']) void decide(requestsFor(seat));
    await eventually(() => model.attempts.length > 0, { intervalMs: 1 });
    await endOfTick();
    model.onAttempt = () => undefined;
    const before = model.attempts.length;
    await turns.stop();
    expect(model.attempts).toHaveLength(before);
    expect(decided).toEqual([]);
    expect(logger.warn).toHaveBeenLastCalledWith({ envelopes: 2 }, 'turn abandoned: the next owner decides it');
    expect(logger.error).not.toHaveBeenCalled();
  });

  it('abandons requests that are being decided one by one, and records none of them as failed', async () => {
    model.onAttempt = () => {
      throw sqlError(model.attempts.length === 1 ? '22P02' : '57P03');
    };
    void decide(requestsFor('A1'));
    await eventually(() => model.attempts.length > 1, { intervalMs: 1 });
    await endOfTick();
    model.onAttempt = () => undefined;
    await turns.stop();
    expect(model.attempts.every(({ call }) => call === 'decide')).toBe(true);
    expect(decided).toEqual([]);
    expect(logger.error).toHaveBeenCalledTimes(1); // for having to decide one by one
  });
});

describe('a lost lease', () => {
  it('removes from a turn only the envelopes of that lease', async () => {
    model.onAttempt = ({ leases }) => {
      if (leases.includes(ours)) throw new LeaseLost([ours.session]);
    };
    const kept = [requestsFor('A1'), requestsFor('A2')] as const;
    void decide(requestsFor('A3'));
    const outcomes = await Promise.all(kept.map((requests) => decide([...requests], others)));
    expect(outcomes).toMatchObject([[{ status: 'succeeded' }], [{ status: 'succeeded' }]]);
    await idle();
    expect(sizes()).toEqual([3, 2]);
    expect(decided).toHaveLength(2);
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(
      { reason: 'the session that held the leases has ended (1)' },
      'lease lost: the next owner decides these envelopes',
    );
    expect(logger.error).not.toHaveBeenCalled();
  });

  it('leaves nothing to decide when it was the only one', async () => {
    model.onAttempt = () => {
      throw new LeaseLost([ours.session]);
    };
    void decide(requestsFor('A1'));
    await idle();
    expect(sizes()).toEqual([1]);
    expect(decided).toEqual([]);
  });

  it('leaves an envelope that is being decided one by one to the next owner, and not the others of its turn', async () => {
    const [first, second] = requestsFor('A1', 2) as [BookingRequest, BookingRequest];
    model.onAttempt = ({ ids }) => {
      if (ids.length > 1) throw sqlError('22P02');
      if (ids[0] === second.id) throw new LeaseLost([ours.session]);
    };
    void decide([first, second]);
    expect(await decide(requestsFor('A2'), others)).toMatchObject([{ status: 'succeeded' }]);
    expect(model.attempts.map(({ call }) => call)).toEqual(['decide', 'decide', 'decide', 'decide']);
    expect(decided).toHaveLength(1);
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith(
      expect.anything(),
      'lease lost: the next owner decides these envelopes',
    );
  });
});

describe('a turn that fails', () => {
  it('is decided request by request, in order, so that only the request at fault fails', async () => {
    const poison = requestsFor('A1') as [BookingRequest];
    const error = sqlError('22P02');
    model.onAttempt = ({ call, ids }) => {
      if (call !== 'fail' && ids.includes(poison[0].id)) throw error;
    };
    const [before, beside] = [requestsFor('A1'), requestsFor('A1')];
    const outcomes = await Promise.all([decide([...before, ...poison]), decide(beside, others)]);
    expect(outcomes).toMatchObject([
      [{ status: 'succeeded' }, { id: poison[0].id, status: 'failed', problem: { code: 'internal_error' } }],
      [{ status: 'rejected', problem: { code: 'seat_taken' } }],
    ]);
    expect(model.attempts).toEqual([
      { call: 'decide', ids: idsOf(before, poison, beside), leases: [ours, others] },
      { call: 'decide', ids: idsOf(before), leases: [ours] },
      { call: 'decide', ids: idsOf(poison), leases: [ours] },
      { call: 'read', ids: idsOf(poison), leases: [ours] },
      { call: 'fail', ids: idsOf(poison), leases: [ours] },
      { call: 'decide', ids: idsOf(beside), leases: [others] },
    ]);
    const { values } = await metrics.outcomes.get();
    expect(values.map(({ labels, value }) => ({ ...labels, value }))).toEqual(
      ['succeeded', 'failed', 'rejected'].map((status) => ({ kind: 'book', status, value: 1 })),
    );
    expect(logger.error.mock.calls).toEqual([
      [{ err: error, envelopes: 2 }, 'turn failed: deciding its requests one by one'],
      [{ err: error, job: poison[0].id, reqId: 'test' }, 'request cannot be decided'],
    ]);
  });

  it('fails a request that is decided without an outcome', async () => {
    const store = Object.assign(model, { decideAndCommit: vi.fn(async () => [] as Outcome[]) });
    store.decideAndCommit.mockRejectedValueOnce(sqlError('22P02'));
    expect(await decide(requestsFor('A1'))).toMatchObject([{ status: 'failed' }]);
    expect(model.failures).toHaveLength(1);
    const [, [{ err }]] = logger.error.mock.calls as [unknown, [{ err: Error }]];
    expect(err.message).toBe('decided without an outcome');
  });
});
