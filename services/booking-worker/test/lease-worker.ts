import { leaseLockClass } from '@boxoffice/shared/partition';
import type { Logger } from '@boxoffice/shared/service/logging';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { type Lease, Leases } from '../src/leases/leases.ts';
import { type LeaseClient, lockServer } from './lock-server.ts';

/** A worker that records the calls of its leases. */
export class Worker {
  readonly acquired = vi.fn<(lease: Lease) => void>();
  readonly lost = vi.fn<(partition: number) => void>();
  readonly releasing = vi.fn(async (_partition: number) => this.release);
  readonly onPartitioning = vi.fn();
  readonly logger = { info: vi.fn(), warn: vi.fn() };
  /** Settles once the work in progress is finished. */
  release: Promise<void> = Promise.resolve();
  readonly leases = new Leases({
    databaseUrl: 'postgres://someone:secret@127.0.0.1:5432/boxoffice',
    handler: this,
    logger: this.logger as unknown as Logger,
    onPartitioning: this.onPartitioning,
  });

  constructor() {
    this.leases.start(4);
    workers.push(this);
  }

  get held(): number[] {
    return [...this.leases.held].sort();
  }
}

export let workers: Worker[];
export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  lockServer.reset();
  workers = [];
});
afterEach(async () => {
  lockServer.reset();
  const stopped = Promise.all(workers.map(({ leases }) => leases.stop()));
  await pass(20_000);
  await stopped;
  vi.useRealTimers();
});

export const newest = () => lockServer.opened.at(-1) as LeaseClient;
export const leaseKeys = () =>
  lockServer
    .locksOf(leaseLockClass)
    .map(({ key }) => key)
    .sort();

/** Two workers, each with its share. */
export async function pair(): Promise<[Worker, Worker]> {
  const first = new Worker();
  await pass(0);
  const second = new Worker();
  await pass(600);
  expect([first.held.length, second.held.length]).toEqual([2, 2]);
  return [first, second];
}
