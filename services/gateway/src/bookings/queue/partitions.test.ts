import { expect, it } from 'vitest';
import type { EnvelopeQueues } from './envelope-queues.ts';
import { Partitions } from './partitions.ts';
import type { PendingRequest } from './submission.ts';

/** As in partition-queue.ts. */
const pendingLimit = 20_000;
const queues = { of: () => ({}), openForAdding: () => undefined, findUnfinished: async () => [] };

it('moves pending requests to their new partitions, in order, and refuses those that no longer have room', () => {
  const refused: unknown[] = [];
  const pending = (show: number): PendingRequest => ({
    ...{ since: 0, traceparent: undefined, options: { waitMs: 0 }, resolve: () => undefined },
    draft: { kind: 'book', show_id: show, user_id: 1, seats: ['A1'], request_id: 'test' },
    reject(error) {
      refused.push([this, error]);
    },
  });
  const partitions = new Partitions(queues as unknown as EnvelopeQueues, 100);
  partitions.arrange({ generation: 0, partitions: 2 });
  const requests = [...Array.from({ length: pendingLimit - 1 }, () => pending(2)), ...[3, 3, 3].map(pending)];
  for (const request of requests) partitions.ofShow(request.draft.show_id).addPending(request);
  partitions.arrange({ generation: 1, partitions: 1 });
  const [only] = partitions.all;
  expect([partitions.all.length, only?.pendingCount]).toEqual([1, pendingLimit]);
  expect(only?.takePending()[0]).toBe(requests[0]);
  const full = expect.objectContaining({ problem: expect.objectContaining({ code: 'queue_full' }) });
  expect(refused).toEqual(requests.slice(pendingLimit).map((request) => [request, full]));
});

it('has no partition for any show before their number is known', () => {
  const partitions = new Partitions(queues as unknown as EnvelopeQueues, 100);
  expect(() => partitions.ofShow(2)).toThrow('show 2 has no partition');
});
