import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { QueuedJob } from './job-lookup.ts';
import { type JobProgress, JobWatch } from './job-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Look-ups that respond when the test says so. */
class SlowLookup {
  readonly asked: { resolve: (jobs: Map<string, QueuedJob>) => void; reject: (error: Error) => void }[] = [];

  findInEnvelope(): Promise<Map<string, QueuedJob>> {
    const { promise, resolve, reject } = Promise.withResolvers<Map<string, QueuedJob>>();
    this.asked.push({ resolve, reject });
    return promise;
  }
}

function watchOne() {
  const lookup = new SlowLookup();
  const watch = new JobWatch(lookup);
  const id = requestId(newEnvelopeId(0), 1, 0);
  const updates: (JobProgress | null)[] = [];
  const failures: unknown[] = [];
  watch.add(id, { update: (progress) => updates.push(progress), fail: (error) => failures.push(error) });
  return { lookup, watch, id, updates, failures };
}

const queued: QueuedJob = { kind: 'book', userId: 1, status: 'queued', position: 3, outcome: null };

it('begins no poll while one is in progress, however long it takes, and polls again afterwards', async () => {
  const { lookup, watch, id, updates } = watchOne();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lookup.asked).toHaveLength(1);
  lookup.asked[0]?.resolve(new Map([[id, queued]]));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(updates).toEqual([queued]);
  expect(lookup.asked).toHaveLength(2);
  watch.close();
});

it('polls again after a look-up that failed', async () => {
  const { lookup, watch, id, updates, failures } = watchOne();
  await vi.advanceTimersByTimeAsync(500);
  const error = new Error('away');
  lookup.asked[0]?.reject(error);
  await vi.advanceTimersByTimeAsync(500);
  expect(failures).toEqual([error]);
  lookup.asked[1]?.resolve(new Map([[id, queued]]));
  await vi.advanceTimersByTimeAsync(0);
  expect(updates).toEqual([queued]);
  watch.close();
});
