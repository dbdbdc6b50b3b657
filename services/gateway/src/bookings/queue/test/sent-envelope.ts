/** An envelope sender with a mocked queue, keys and inbox, whose behaviour the test determines. */
import type { Envelope } from '@boxoffice/shared/contracts/jobs';
import type { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, type Mock, vi } from 'vitest';
import { EnvelopeSender } from '../envelope-sender.ts';
import type { IdempotencyKeys, KeyedRequest, KeyOwner } from '../idempotency-keys.ts';
import type { OutcomeInbox } from '../outcome-inbox.ts';
import type { PartitionQueue } from '../partition-queue.ts';
import type { PendingRequest, SubmitOptions } from '../submission.ts';

/** What was called, in order. */
export let calls: string[];
export const partition = {
  number: 3,
  takePending: vi.fn<() => PendingRequest[]>(),
  isFull: vi.fn<() => Promise<boolean>>(),
  expectReplicas: vi.fn<() => Promise<void>>(),
  add: vi.fn<(id: string, envelope: Envelope) => Promise<number>>(),
};
export const keys = {
  claim: vi.fn<(partition: number, requests: readonly KeyedRequest[]) => Promise<(KeyOwner | null)[]>>(),
  release: vi.fn<(partition: number, requests: readonly KeyedRequest[]) => Promise<void>>(),
};
export const inbox = { channel: 'replies', wait: vi.fn() };
export const [onSend, onOutdated] = [vi.fn(), vi.fn()];
export const logger = { warn: vi.fn() };
export let metrics: Registry;
beforeEach(() => {
  vi.resetAllMocks();
  calls = [];
  partition.isFull.mockResolvedValue(false);
  partition.expectReplicas.mockResolvedValue();
  partition.add.mockImplementation(async () => {
    calls.push('add');
    return 40;
  });
  keys.claim.mockImplementation(async (_, requests) => requests.map(() => null));
  keys.release.mockResolvedValue();
  inbox.wait.mockImplementation((id: string) => {
    calls.push('wait');
    return `outcome of ${id}`;
  });
  onSend.mockImplementation(() => calls.push('onSend'));
});
afterEach(() => {
  vi.useRealTimers();
});

export type Pending = PendingRequest & {
  resolve: Mock<PendingRequest['resolve']>;
  reject: Mock<(error: unknown) => void>;
};
export function pending({
  hash = '',
  traceparent = undefined as string | undefined,
  ...options
}: Partial<SubmitOptions> & { hash?: string; traceparent?: string | undefined } = {}): Pending {
  const common = { show_id: 7, user_id: 1, request_id: 'test' };
  return {
    ...{
      since: 5,
      traceparent,
      resolve: vi.fn<PendingRequest['resolve']>(),
      reject: vi.fn<(error: unknown) => void>(),
      options: { waitMs: 20, ...options },
    },
    draft: { kind: 'book', seats: ['A1'], ...common, ...(hash && { key: { hash, fingerprint: 'f' } }) },
  };
}

export function send(requests: PendingRequest[], tracing?: Tracing): Promise<boolean> {
  partition.takePending.mockReturnValueOnce(requests);
  metrics = new Registry();
  const parts = { keys: keys as unknown as IdempotencyKeys, inbox: inbox as unknown as OutcomeInbox };
  const sender = new EnvelopeSender({
    ...parts,
    onSend,
    onOutdated,
    logger: logger as unknown as Logger,
    metrics,
    tracing,
  });
  return sender.send(partition as unknown as PartitionQueue);
}

export const sent = () => partition.add.mock.calls[0]?.[1] as Envelope;
const errorOf = ({ reject }: Pending) => reject.mock.calls[0]?.[0] as ProblemError;
export const problemOf = (request: Pending) => errorOf(request)?.problem;
export const causeOf = (request: Pending) => (errorOf(request)?.cause as Error | undefined)?.message;
/** The problem of a request that was certainly not accepted. */
export const refused = { code: 'queue_unavailable', detail: expect.stringContaining('Nothing was accepted') };
export const unsettled = ({ resolve, reject }: Pending) => resolve.mock.calls.length + reject.mock.calls.length === 0;
