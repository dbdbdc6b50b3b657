import type { Envelope } from '@boxoffice/shared/contracts/jobs';
import type { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { NotReplicatedError } from '@boxoffice/shared/service/replicated-transaction';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { PartitionQueue } from './partition-queue.ts';
import type { PendingRequest } from './submission.ts';

/** The queue in Redis, whose behaviour the test determines. */
const redis = {
  bull: {},
  add: vi.fn(async () => ({ waitingJobs: 0, ahead: 0 })),
  probeReplicas: vi.fn(async () => undefined),
  countWaiting: vi.fn(async () => 0),
  oldestWaitingSince: vi.fn(async (): Promise<number | null> => null),
  recentDecisionsMs: vi.fn(async () => [3, 4]),
};
const envelope: Envelope = { requests: [], reply_to: 'channel' };
let partition: PartitionQueue;
beforeEach(() => {
  vi.resetAllMocks();
  const queue = redis as unknown as EnvelopeQueue;
  partition = new PartitionQueue(5, { queue, generation: 3, jobLimit: 10 });
});

const pending = (since: number): PendingRequest => ({
  ...{ since, traceparent: undefined, options: { waitMs: 0 }, resolve: vi.fn(), reject: vi.fn() },
  draft: { kind: 'book', show_id: 5, user_id: 1, seats: ['A1'], request_id: 'test' },
});
const add = (count: number, from = 0) => {
  const one = pending(0);
  for (let since = from; since < from + count; since++) partition.addPending({ ...one, since });
};
const sinceOf = (requests: PendingRequest[]) => requests.map(({ since }) => since);

it('is known by its number, and by its queue on the board', () => {
  expect([partition.number, partition.bullQueue]).toEqual([5, redis.bull]);
});

describe('pending requests', () => {
  it('leave in envelopes of at most 128, oldest first', () => {
    add(130, 7);
    expect([partition.pendingCount, partition.oldestPendingSince]).toEqual([130, 7]);
    expect(sinceOf(partition.takePending())).toEqual(Array.from({ length: 128 }, (_, index) => index + 7));
    expect(partition.oldestPendingSince).toBe(135);
    expect(sinceOf(partition.takePending())).toEqual([135, 136]);
    expect([partition.pendingCount, partition.oldestPendingSince]).toEqual([0, undefined]);
  });

  it('leave all together when the partitioning changes', () => {
    add(300);
    expect(partition.takeAllPending()).toHaveLength(300);
    expect(partition.pendingCount).toBe(0);
  });

  it('are limited to 20,000', () => {
    add(20_000);
    expect(() => partition.addPending(pending(1))).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code: 'queue_full' }) }),
    );
    partition.takePending();
    partition.addPending(pending(1));
    expect(partition.pendingCount).toBe(20_000 - 128 + 1);
  });

  it('are refused when Redis does not respond, and Redis is queried before anything else is sent', async () => {
    const requests = [pending(1), pending(2)];
    for (const request of requests) partition.addPending(request);
    partition.refusePending();
    expect(partition.pendingCount).toBe(0);
    for (const { reject } of requests)
      expect(reject).toHaveBeenCalledExactlyOnceWith(
        expect.objectContaining({
          problem: expect.objectContaining({
            code: 'queue_unavailable',
            detail: expect.stringContaining('Nothing was'),
          }),
          cause: new Error('the previous round failed'),
        }),
      );
    redis.countWaiting.mockRejectedValueOnce(new Error('away'));
    await expect(partition.isFull()).rejects.toThrow('away');
    redis.countWaiting.mockResolvedValue(0);
    expect(await partition.isFull()).toBe(false);
    expect(await partition.isFull()).toBe(false);
    expect(redis.countWaiting).toHaveBeenCalledTimes(2);
  });
});

describe('add', () => {
  it('adds under the generation of its partitioning, and returns how many requests are ahead', async () => {
    redis.add.mockResolvedValue({ waitingJobs: 2, ahead: 40 });
    expect(await partition.add('id', envelope)).toBe(40);
    expect(redis.add).toHaveBeenCalledExactlyOnceWith('id', envelope, 3);
  });

  it('reports the queue as full once the limit of jobs is reached, and queries Redis only then', async () => {
    const isFullAfter = async (waitingJobs: number) => {
      redis.add.mockResolvedValue({ waitingJobs, ahead: 0 });
      redis.countWaiting.mockClear();
      redis.countWaiting.mockResolvedValue(waitingJobs);
      await partition.add('id', envelope);
      return [await partition.isFull(), redis.countWaiting.mock.calls.length];
    };
    expect(await isFullAfter(9)).toEqual([false, 0]);
    expect(await isFullAfter(10)).toEqual([true, 1]);
    redis.countWaiting.mockResolvedValue(9); // a worker has taken one
    expect([await partition.isFull(), await partition.isFull()]).toEqual([false, false]);
    expect(redis.countWaiting).toHaveBeenCalledTimes(2);
  });
});

describe('expectReplicas', () => {
  const addWith = (error: Error) => {
    redis.add.mockRejectedValueOnce(error);
    return expect(partition.add('id', envelope)).rejects.toBe(error);
  };

  it('queries nothing as long as every envelope was replicated', async () => {
    redis.add.mockResolvedValue({ waitingJobs: 0, ahead: 0 });
    await partition.expectReplicas();
    await partition.add('id', envelope);
    await addWith(new Error('away'));
    await partition.expectReplicas();
    expect(redis.probeReplicas).not.toHaveBeenCalled();
  });

  it('rejects after an envelope that was not replicated, until replicas are back', async () => {
    const lacking = new NotReplicatedError('too few');
    await addWith(lacking);
    redis.probeReplicas.mockRejectedValueOnce(lacking).mockRejectedValueOnce(new Error('away'));
    await expect(partition.expectReplicas()).rejects.toBe(lacking);
    await expect(partition.expectReplicas()).rejects.toThrow('away');
    await partition.expectReplicas();
    await partition.expectReplicas();
    expect(redis.probeReplicas).toHaveBeenCalledTimes(3);
  });
});

describe('the snapshot', () => {
  it('has the depth of the queue, the age of its head in seconds, and the latest decisions', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    redis.recentDecisionsMs.mockResolvedValue([3, 4]);
    redis.countWaiting.mockResolvedValue(2);
    redis.oldestWaitingSince.mockResolvedValue(Date.now() - 1_500);
    expect(await partition.snapshot()).toEqual({
      ...{ partition: 5, waiting_jobs: 2, oldest_seconds: 1.5, decisionMs: [3, 4] },
    });
    expect(redis.recentDecisionsMs).toHaveBeenCalledExactlyOnceWith({ withinMs: 60_000, limit: 20 });
  });

  it('reports an age of 0 for a head that is ahead of our clock, and for a queue without a head', async () => {
    redis.oldestWaitingSince.mockResolvedValueOnce(Date.now() + 60_000).mockResolvedValueOnce(null);
    expect([await partition.oldestSeconds(), await partition.oldestSeconds()]).toEqual([0, 0]);
  });
});
