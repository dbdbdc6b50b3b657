import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
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
  readonly asked: (Omit<PromiseWithResolvers<Map<string, QueuedJob>>, 'promise'> & {
    envelopeId: string;
    ids: string[];
  })[] = [];

  findInEnvelope(envelopeId: string, ids: readonly string[]): Promise<Map<string, QueuedJob>> {
    const { promise, resolve, reject } = Promise.withResolvers<Map<string, QueuedJob>>();
    this.asked.push({ envelopeId, ids: [...ids], resolve, reject });
    return promise;
  }
}

/** Remembers what it is called with. */
class Watcher {
  readonly updates: (JobProgress | null)[] = [];
  readonly failures: unknown[] = [];

  update(progress: JobProgress | null): void {
    this.updates.push(progress);
  }

  fail(error: unknown): void {
    this.failures.push(error);
  }
}

function newWatch() {
  const lookup = new SlowLookup();
  const watch = new JobWatch(lookup);
  onTestFinished(() => watch.close());
  const watchId = (id: string) => {
    const watcher = new Watcher();
    return Object.assign(watcher, { leave: watch.add(id, watcher) });
  };
  return { lookup, watch, watchId };
}

function watchOne() {
  const { lookup, watch, watchId } = newWatch();
  const id = requestId(newEnvelopeId(0), 1, 0);
  const { updates, failures } = watchId(id);
  return { lookup, watch, id, updates, failures };
}

const queued: QueuedJob = { kind: 'book', userId: 1, status: 'queued', position: 3, outcome: null };

it('begins no poll while one is in progress, however long it takes, and polls again afterwards', async () => {
  const { lookup, id, updates } = watchOne();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lookup.asked).toHaveLength(1);
  lookup.asked[0]?.resolve(new Map([[id, queued]]));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(updates).toEqual([queued]);
  expect(lookup.asked).toHaveLength(2);
});

it('polls again after a look-up that failed', async () => {
  const { lookup, id, updates, failures } = watchOne();
  await vi.advanceTimersByTimeAsync(500);
  const error = new Error('away');
  lookup.asked[0]?.reject(error);
  await vi.advanceTimersByTimeAsync(500);
  expect(failures).toEqual([error]);
  lookup.asked[1]?.resolve(new Map([[id, queued]]));
  await vi.advanceTimersByTimeAsync(0);
  expect(updates).toEqual([queued]);
});

const rejected = (id: string): Outcome => ({ id, status: 'rejected', problem: problem('seat_taken') });

it('passes an outcome on to everyone who watches its request, and to nobody else', () => {
  const { watch, watchId } = newWatch();
  const envelopeId = newEnvelopeId(0);
  const [id, next] = [requestId(envelopeId, 1, 0), requestId(envelopeId, 1, 1)] as [string, string];
  const [first, second, other, elsewhere] = [id, id, next, requestId(newEnvelopeId(0), 1, 0)].map(watchId);
  watch.receive([]);
  watch.receive([rejected('no id of ours')]);
  watch.receive([rejected(requestId(newEnvelopeId(0), 1, 0))]);
  watch.receive([rejected(requestId(envelopeId, 1, 2)), rejected(id)]);
  const progress = { status: 'decided', position: 0, outcome: rejected(id) };
  expect([first?.updates, second?.updates]).toEqual([[progress], [progress]]);
  expect([other?.updates, elsewhere?.updates]).toEqual([[], []]);
});

it('looks up all requests of an envelope together, and tells their watchers what became of each', async () => {
  const { lookup, watchId } = newWatch();
  const envelopeId = newEnvelopeId(0);
  const ids = [requestId(envelopeId, 1, 0), requestId(envelopeId, 1, 1)] as [string, string];
  const [known, unknown] = ids.map(watchId);
  const foreign = watchId('no id of ours');
  await vi.advanceTimersByTimeAsync(499);
  expect(lookup.asked).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(lookup.asked).toMatchObject([
    { envelopeId, ids },
    { envelopeId: 'no id of ours', ids: ['no id of ours'] },
  ]);
  lookup.asked[0]?.resolve(new Map([[ids[0], queued]]));
  lookup.asked[1]?.resolve(new Map());
  await vi.advanceTimersByTimeAsync(0);
  expect([known?.updates, unknown?.updates, foreign.updates]).toEqual([[queued], [null], [null]]);
});

it('looks nothing up when nobody watches any more', async () => {
  const { lookup, watchId } = newWatch();
  const envelopeId = newEnvelopeId(0);
  const [id, next] = [requestId(envelopeId, 1, 0), requestId(envelopeId, 1, 1)] as [string, string];
  const [first, second, other] = [id, id, next].map(watchId);
  first?.leave();
  await vi.advanceTimersByTimeAsync(500);
  expect(lookup.asked).toMatchObject([{ ids: [id, next] }]);
  lookup.asked[0]?.resolve(new Map([[id, queued]]));
  await vi.advanceTimersByTimeAsync(0);
  expect([first?.updates, second?.updates]).toEqual([[], [queued]]);
  second?.leave();
  await vi.advanceTimersByTimeAsync(500);
  expect(lookup.asked[1]?.ids).toEqual([next]);
  lookup.asked[1]?.resolve(new Map());
  other?.leave();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lookup.asked).toHaveLength(2);
});

it.each([
  ['the only request of its envelope', false],
  ['one of several requests', true],
])('keeps the watchers that came after one that leaves twice: %s', async (_, hasNeighbour) => {
  const { lookup, watchId, watch } = newWatch();
  const envelopeId = newEnvelopeId(0);
  const [id, neighbour] = [requestId(envelopeId, 1, 0), requestId(envelopeId, 1, 1)] as [string, string];
  if (hasNeighbour) watchId(neighbour);
  const first = watchId(id);
  first.leave();
  const second = watchId(id);
  first.leave();
  watch.receive([rejected(id)]);
  expect(second.updates).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(lookup.asked).toMatchObject([{ ids: hasNeighbour ? [neighbour, id] : [id] }]);
});

it('reaches every watcher although some of them leave when they are called', async () => {
  const { lookup, watch } = newWatch();
  const envelopeId = newEnvelopeId(0);
  const ids = [0, 0, 1].map((place) => requestId(envelopeId, 1, place));
  const called: number[] = [];
  const leaves = ids.map((id, index) => {
    const leave = () => {
      called.push(index);
      for (const each of leaves) each();
    };
    return watch.add(id, { update: leave, fail: leave });
  });
  await vi.advanceTimersByTimeAsync(500);
  lookup.asked[0]?.reject(new Error('away'));
  await vi.advanceTimersByTimeAsync(0);
  // The copies are taken before the first call, request by request.
  expect(called).toEqual([0, 1]);
});

it('polls fifty envelopes at a time, in turn', async () => {
  const { lookup, watchId } = newWatch();
  const ids = Array.from({ length: 60 }, () => requestId(newEnvelopeId(0), 1, 0));
  for (const id of ids) watchId(id);
  const answerAll = () => {
    for (const { resolve } of lookup.asked) resolve(new Map());
    return lookup.asked.splice(0).flatMap((asked) => asked.ids);
  };
  await vi.advanceTimersByTimeAsync(500);
  expect(answerAll()).toEqual(ids.slice(0, 50));
  await vi.advanceTimersByTimeAsync(500);
  expect(answerAll()).toEqual([...ids.slice(50), ...ids.slice(0, 40)]);
});

it('polls no longer once it is closed', async () => {
  const { lookup, watch } = watchOne();
  watch.close();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(lookup.asked).toEqual([]);
});
