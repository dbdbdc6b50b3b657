/** How workers pause without leases, with locks in memory. */
import { describe, expect, it, vi } from 'vitest';
import { leaseKeys, pair, pass, Worker } from '../../test/lease-worker.ts';
import { lockServer } from '../../test/lock-server.ts';

vi.mock('./lease-client.ts', () => import('../../test/lock-server.ts'));
vi.mock('node:timers/promises', () => import('../../test/promised-timers.ts'));

describe('a pause', () => {
  it('gives every lease up, and takes none until it is over', async () => {
    const worker = new Worker();
    await pass(0);
    worker.leases.pause();
    worker.leases.pause();
    await pass(10_000);
    expect([worker.lost.mock.calls.length, worker.releasing.mock.calls.length, leaseKeys()]).toEqual([4, 0, []]);
    expect(lockServer.opened).toHaveLength(1);
    worker.leases.resume();
    await pass(0);
    expect(worker.held).toEqual([0, 1, 2, 3]);
    worker.leases.resume();
    await pass(200);
    expect(worker.lost).toHaveBeenCalledTimes(4);
  });

  it('does not keep a worker from stopping', async () => {
    const worker = new Worker();
    await pass(0);
    worker.leases.pause();
    await pass(1_000);
    const stopped = worker.leases.stop();
    await pass(200);
    await stopped;
    expect(lockServer.sessions.size).toBe(0);
  });
});

describe('standing back', () => {
  /** How long the worker stands back, to the nearest 200 ms. */
  async function standBack(worker: Worker, other: Worker): Promise<number> {
    expect(worker.leases.standBack()).toBe(true);
    let ms = 0;
    await pass(1_000);
    expect(other.held).toEqual([0, 1, 2, 3]);
    expect(worker.leases.standBack()).toBe(true); // another of its partitions requests it too
    for (; worker.held.length < 2; ms += 200) await pass(200);
    return ms + 1_000;
  }

  it('leaves everything to the others, for twice as long each time, until the worker has proved that it can serve', async () => {
    const [first, second] = await pair();
    first.releasing.mockClear();
    const expectedMs = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000];
    for (const ms of expectedMs) {
      const stoodBack = await standBack(first, second);
      expect(stoodBack).toBeGreaterThanOrEqual(ms);
      expect(stoodBack).toBeLessThan(ms + 1_500);
    }
    first.leases.confirmServing();
    expect(await standBack(first, second)).toBeLessThan(6_500);
    expect(first.releasing).not.toHaveBeenCalled();
  });

  it('is refused to a worker that is alone or has not served yet', async () => {
    const worker = new Worker();
    expect(worker.leases.standBack()).toBe(false);
    await pass(200);
    expect(worker.leases.standBack()).toBe(false);
    await pass(200);
    expect(worker.lost).not.toHaveBeenCalled();
  });

  it('ends when no other worker is left', async () => {
    const [first, second] = await pair();
    first.leases.standBack();
    await pass(1_000);
    expect(first.held).toEqual([]);
    const stopped = second.leases.stop();
    await pass(600);
    await stopped;
    expect(first.held).toEqual([0, 1, 2, 3]);
  });

  it('does not keep a worker from stopping', async () => {
    const [first] = await pair();
    first.leases.standBack();
    await pass(1_000);
    const stopped = first.leases.stop();
    await pass(200);
    await stopped;
    expect(lockServer.sessions.size).toBe(1);
  });
});
