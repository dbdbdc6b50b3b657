import { readBookingId } from '@boxoffice/shared/booking-id';
import { envelopeVersion } from '@boxoffice/shared/contracts/jobs';
import { PartitioningOutdated } from '@boxoffice/shared/partitioning';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import { describe, expect, it, vi } from 'vitest';
import type { KeyedRequest, KeyOwner } from './idempotency-keys.ts';
import {
  calls,
  causeOf,
  inbox,
  keys,
  logger,
  metrics,
  onOutdated,
  onSend,
  type Pending,
  partition,
  pending,
  problemOf,
  refused,
  send,
  sent,
  unsettled,
} from './test/sent-envelope.ts';

describe('requests that are pending', () => {
  it('become one job, whose outcomes are expected before it is added', async () => {
    const requests = [pending(), pending({ waitMs: 0 })];
    expect(await send(requests)).toBe(true);
    expect(calls).toEqual(['wait', 'wait', 'onSend', 'add']);
    const [envelopeId, envelope] = partition.add.mock.calls[0] ?? [];
    expect(envelope).toMatchObject({ version: envelopeVersion, reply_to: 'replies' });
    expect(sent().requests).toMatchObject(requests.map(({ draft }) => draft));
    const ids = sent().requests.map(({ id }) => id);
    expect(ids.map(readBookingId)).toMatchObject(
      [0, 1].map((place) => ({ envelopeId, partition: 3, showId: 7, place })),
    );
    expect(onSend).toHaveBeenCalledExactlyOnceWith(envelopeId);
    expect(inbox.wait.mock.calls).toEqual([
      [ids[0], 20],
      [ids[1], 0],
    ]);
    for (const [index, { resolve }] of requests.entries()) {
      const [id, position] = [ids[index], 41 + index];
      expect(resolve).toHaveBeenCalledExactlyOnceWith({ status: 'queued', id, position, outcome: `outcome of ${id}` });
    }
    expect(await metrics.metrics()).toContain('booking_submitted_envelope_requests_bucket{le="2"} 1');
    expect(await metrics.metrics()).toContain('booking_submitted_envelope_requests_sum 2');
  });

  it('send nothing when there are none', async () => {
    expect(await send([])).toBe(true);
    expect(partition.isFull).not.toHaveBeenCalled();
  });

  it('are dropped when nobody is waiting for them any more', async () => {
    const [left, stays] = [pending({ acceptance: { isOver: true, jobId: undefined } }), pending()];
    expect(await send([left, stays])).toBe(true);
    expect(problemOf(left)).toMatchObject(refused);
    expect(causeOf(left)).toBe('nobody is waiting for it any more');
    expect(sent().requests).toHaveLength(1);
    expect(stays.resolve).toHaveBeenCalledTimes(1);
  });

  it('are refused while the queue is full', async () => {
    partition.isFull.mockResolvedValue(true);
    const request = pending({ hash: 'h' });
    expect(await send([request])).toBe(true);
    expect(problemOf(request)).toMatchObject({ code: 'queue_full' });
    expect([keys.claim, partition.add].map((call) => call.mock.calls.length)).toEqual([0, 0]);
    expect(logger.warn).not.toHaveBeenCalled();
  });

  it('are refused while replicas are missing', async () => {
    partition.expectReplicas.mockRejectedValue(new Error('too few'));
    const requests = [pending(), pending()];
    expect(await send(requests)).toBe(false);
    for (const request of requests) {
      expect(problemOf(request)).toMatchObject(refused);
      expect(problemOf(request)).not.toHaveProperty('job_id');
    }
    expect(logger.warn).toHaveBeenCalledExactlyOnceWith({ reason: 'too few', requests: 2 }, 'cannot queue requests');
    expect(partition.add).not.toHaveBeenCalled();
  });

  it('carry their spans when they are traced', async () => {
    const start = () => ({ traceparent: 'queue span', end: () => undefined });
    await send([pending({ traceparent: 'caller' }), pending()], { start } as unknown as Tracing);
    expect(sent().requests.map(({ traceparent }) => traceparent)).toEqual(['queue span', undefined]);
  });
});

describe('an envelope without a response', () => {
  it('may have been accepted: its requests are refused with their ids', async () => {
    partition.add.mockRejectedValue(new Error('away'));
    const acceptance = { isOver: false, jobId: undefined };
    const requests = [pending({ acceptance }), pending()];
    expect(await send(requests)).toBe(false);
    const ids = sent().requests.map(({ id }) => id);
    expect(requests.map(problemOf)).toMatchObject(ids.map((job_id) => ({ code: 'queue_unavailable', job_id })));
    expect(acceptance.jobId).toBe(ids[0]);
    expect(causeOf(requests[1] as Pending)).toBe('away');
  });

  it('is given up after a second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    partition.add.mockReturnValue(new Promise(() => undefined));
    const request = pending();
    const result = send([request]);
    await vi.advanceTimersByTimeAsync(999);
    expect(unsettled(request)).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toBe(false);
    expect(problemOf(request).job_id).toBeTypeOf('string');
    expect(causeOf(request)).toBe('the queue did not respond');
  });

  it('is never sent if it has been given up beforehand', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const claimed = Promise.withResolvers<(KeyOwner | null)[]>();
    keys.claim.mockReturnValue(claimed.promise);
    const request = pending({ hash: 'h' });
    const result = send([request]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await result).toBe(false);
    expect(problemOf(request)).toMatchObject(refused);
    claimed.resolve([null]);
    await vi.advanceTimersByTimeAsync(0);
    expect(partition.add).not.toHaveBeenCalled();
  });
});

describe('requests with an Idempotency-Key', () => {
  const owner: KeyOwner = { id: 'first', fingerprint: 'f', ageMs: 9 };
  /** The first request of the envelope owns the key of the others. */
  const ownedByFirst = (requests: readonly KeyedRequest[]) =>
    requests.map((_, index) => (index === 0 ? null : { ...owner, id: requests[0]?.id ?? '' }));

  it('claim it first, and nothing is claimed for requests without one', async () => {
    await send([pending(), pending({ hash: 'h', replaces: 'lost' })]);
    const [, { id }] = sent().requests as [unknown, { id: string }];
    const claim = { id, userId: 1, key: { hash: 'h', fingerprint: 'f' }, replaces: 'lost' };
    expect(keys.claim).toHaveBeenCalledExactlyOnceWith(3, [claim]);
    await send([pending()]);
    expect(keys.claim).toHaveBeenCalledTimes(1);
  });

  it('are repeats when it has an owner, whatever happens to the others', async () => {
    keys.claim.mockResolvedValue([owner, null]);
    partition.add.mockRejectedValue(new Error('away'));
    const [repeat, fresh, keyless] = [pending({ hash: 'h' }), pending({ hash: 'i' }), pending()];
    expect(await send([repeat, fresh, keyless])).toBe(false);
    expect(repeat.resolve).toHaveBeenCalledExactlyOnceWith({ status: 'repeat', owner });
    expect(repeat.reject).not.toHaveBeenCalled();
    expect(sent().requests).toHaveLength(2);
    expect([fresh, keyless].map(problemOf)).toMatchObject(sent().requests.map(({ id }) => ({ job_id: id })));
  });

  it('are not sent when all of them are repeats', async () => {
    keys.claim.mockResolvedValue([owner]);
    expect(await send([pending({ hash: 'h' })])).toBe(true);
    expect(partition.add).not.toHaveBeenCalled();
  });

  it('share the fate of the first request when that is in the same envelope: queued', async () => {
    keys.claim.mockImplementation(async (_, requests) => ownedByFirst(requests));
    const acceptance = { isOver: false, jobId: undefined };
    const [first, repeat] = [pending({ hash: 'h' }), pending({ hash: 'h', acceptance })];
    partition.add.mockImplementation(async () => {
      expect([first, repeat].map(unsettled)).toEqual([true, true]);
      return 0;
    });
    expect(await send([first, repeat])).toBe(true);
    const id = sent().requests[0]?.id ?? '';
    expect(sent().requests).toHaveLength(1);
    expect(first.resolve).toHaveBeenCalledWith(expect.objectContaining({ status: 'queued', id, position: 1 }));
    expect(repeat.resolve).toHaveBeenCalledExactlyOnceWith({ status: 'repeat', owner: { ...owner, id } });
    expect(acceptance.jobId).toBe(id);
  });

  it('share the fate of the first request when that is in the same envelope: without a response', async () => {
    keys.claim.mockImplementation(async (_, requests) => ownedByFirst(requests));
    partition.add.mockRejectedValue(new Error('away'));
    const requests = [pending({ hash: 'h' }), pending({ hash: 'h' })];
    await send(requests);
    const id = sent().requests[0]?.id ?? '';
    expect(requests.map(problemOf)).toMatchObject([{ job_id: id }, { job_id: id }]);
  });

  it('are refused with the first request when its client leaves while the keys are claimed', async () => {
    const acceptance = { isOver: false, jobId: undefined };
    keys.claim.mockImplementation(async (_, requests) => {
      acceptance.isOver = true;
      return [...ownedByFirst(requests.slice(0, 2)), null];
    });
    const [first, repeat, other] = [pending({ hash: 'h', acceptance }), pending({ hash: 'h' }), pending({ hash: 'i' })];
    expect(await send([first, repeat, other])).toBe(true);
    for (const request of [first, repeat]) {
      expect(problemOf(request)).toMatchObject(refused);
      expect(request.reject).toHaveBeenCalledTimes(1);
    }
    expect([first, repeat].map(causeOf)).toEqual([
      'nobody is waiting for it any more',
      'its first request was refused',
    ]);
    expect(repeat.resolve).not.toHaveBeenCalled();
    expect(sent().requests).toHaveLength(1);
    expect(other.resolve).toHaveBeenCalledTimes(1);
  });

  it('are refused once when the queue then fails', async () => {
    const acceptance = { isOver: false, jobId: undefined };
    keys.claim.mockImplementation(async (_, requests) => {
      acceptance.isOver = true;
      return ownedByFirst(requests);
    });
    partition.add.mockRejectedValue(new Error('away'));
    const [first, repeat, other] = [pending({ hash: 'h', acceptance }), pending({ hash: 'h' }), pending()];
    await send([first, repeat, other]);
    expect([first, repeat, other].map(({ reject }) => reject.mock.calls.length)).toEqual([1, 1, 1]);
  });
});

describe('an envelope under an outdated partitioning', () => {
  it.each(['and gives the keys back', 'also when the keys cannot be given back'])(
    'is refused, %s',
    async (released) => {
      partition.add.mockRejectedValue(new PartitioningOutdated(8));
      if (released.startsWith('also')) keys.release.mockRejectedValue(new Error('away'));
      const requests = [pending({ hash: 'h' }), pending()];
      expect(await send(requests)).toBe(true);
      expect(onOutdated).toHaveBeenCalledExactlyOnceWith(8);
      const id = sent().requests[0]?.id ?? '';
      const claim = { id, userId: 1, key: { hash: 'h', fingerprint: 'f' }, replaces: undefined };
      expect(keys.release).toHaveBeenCalledExactlyOnceWith(3, [claim]);
      for (const request of requests) {
        expect(problemOf(request)).toMatchObject({
          code: 'queue_unavailable',
          detail: expect.stringContaining('rearranged'),
        });
        expect(problemOf(request)).not.toHaveProperty('job_id');
      }
      expect(logger.warn).not.toHaveBeenCalled();
    },
  );
});
