import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { beforeEach, expect, it, vi } from 'vitest';
import type { StoredOutcome } from '../stored-outcomes.ts';
import type { EnvelopeQueues } from './envelope-queues.ts';
import { JobLookup } from './job-lookup.ts';

const envelopeId = newEnvelopeId(3);
const ids = [0, 1].map((place) => requestId(envelopeId, 7, place)) as [string, string];
const requests = ids.map((id, index) => ({ id, kind: 'book', user_id: index + 1 }) as BookingRequest);
const envelope = { requests, ahead: 40, finished: false };
const storedOf = (id: string): [string, StoredOutcome] => {
  const outcome: Outcome = { id, status: 'rejected', problem: problem('seat_taken') };
  return [id, { kind: 'hold', userId: 9, outcome }];
};
const decidedOf = (id: string) => ({ ...storedOf(id)[1], status: 'decided', position: 0 });

const queue = { find: vi.fn(), isWaiting: vi.fn(async () => true) };
const queues = { of: vi.fn(() => queue) };
const findMany = vi.fn<(asked: readonly string[]) => Promise<Map<string, StoredOutcome>>>();
const lookup = new JobLookup(queues as unknown as EnvelopeQueues, { findMany });
beforeEach(() => {
  vi.resetAllMocks();
  queues.of.mockReturnValue(queue);
  queue.find.mockResolvedValue(null);
  queue.isWaiting.mockResolvedValue(true);
  findMany.mockResolvedValue(new Map());
});

it('finds nothing by an id that is not one of ours, without querying anything', async () => {
  expect(await lookup.find('no id')).toBeNull();
  expect(findMany).not.toHaveBeenCalled();
});

it('finds a decided request without Redis', async () => {
  findMany.mockResolvedValue(new Map([storedOf(ids[0])]));
  expect(await lookup.find(ids[0])).toEqual(decidedOf(ids[0]));
  expect(findMany).toHaveBeenCalledExactlyOnceWith([ids[0]]);
  expect(queues.of).not.toHaveBeenCalled();
});

it.each([
  [true, 'queued'],
  [false, 'active'],
])("finds a request in its partition's queue, with its position: waiting %s", async (isWaiting, status) => {
  queue.find.mockResolvedValue(envelope);
  queue.isWaiting.mockResolvedValue(isWaiting);
  expect(await lookup.find(ids[1])).toEqual({ kind: 'book', userId: 2, status, position: 42, outcome: null });
  expect(queues.of).toHaveBeenCalledExactlyOnceWith(3);
  expect(queue.find).toHaveBeenCalledExactlyOnceWith(envelopeId);
  expect(queue.isWaiting).toHaveBeenCalledExactlyOnceWith(envelopeId);
  expect(findMany).toHaveBeenCalledTimes(1);
});

it('finds only those requests of an envelope that are looked up, decided and queued ones', async () => {
  findMany.mockResolvedValue(new Map([storedOf(ids[0])]));
  queue.find.mockResolvedValue({ ...envelope, requests: [...requests, { ...requests[0], id: 'not asked for' }] });
  const jobs = await lookup.findInEnvelope(envelopeId, ids);
  expect([...jobs.keys()]).toEqual(ids);
  expect(jobs.get(ids[0])).toEqual(decidedOf(ids[0]));
  expect(jobs.get(ids[1])).toMatchObject({ status: 'queued', position: 42 });
  expect(findMany).toHaveBeenCalledTimes(1);
});

it('finds a request that is decided between the two queries', async () => {
  findMany.mockResolvedValueOnce(new Map()).mockResolvedValueOnce(new Map([storedOf(ids[1])]));
  queue.find.mockResolvedValue({ ...envelope, requests: requests.slice(0, 1) });
  const jobs = await lookup.findInEnvelope(envelopeId, ids);
  expect(jobs.get(ids[0])).toMatchObject({ status: 'queued', position: 41 });
  expect(jobs.get(ids[1])).toEqual(decidedOf(ids[1]));
  expect(findMany).toHaveBeenLastCalledWith([ids[1]]);
});

it('finds nothing in a finished envelope whose outcomes have been removed, or in one that is unknown', async () => {
  queue.find.mockResolvedValueOnce({ ...envelope, finished: true });
  expect(await lookup.find(ids[0])).toBeNull();
  expect(await lookup.find(ids[0])).toBeNull();
  expect(findMany).toHaveBeenCalledTimes(4);
});

it('cannot say anything about a request while Redis does not respond', async () => {
  queue.isWaiting.mockRejectedValue(new Error('away'));
  queue.find.mockResolvedValue(envelope);
  await expect(lookup.find(ids[0])).rejects.toMatchObject({
    problem: { code: 'queue_unavailable', detail: expect.stringContaining('nothing can be looked up') },
    cause: { message: 'away' },
  });
});

it('returns the outcomes of those that are decided', async () => {
  findMany.mockResolvedValue(new Map([storedOf(ids[0])]));
  expect(await lookup.findOutcomes(ids)).toEqual([storedOf(ids[0])[1].outcome]);
  expect(findMany).toHaveBeenCalledExactlyOnceWith(ids);
});
