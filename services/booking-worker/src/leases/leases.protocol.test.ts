/** How workers share and hand over partitions, step by step, with locks in memory: leases.test.ts uses PostgreSQL's. */
import { leaseLockClass } from '@boxoffice/shared/partition';
import { describe, expect, it, vi } from 'vitest';
import { leaseKeys, newest, pair, pass, Worker, workers } from '../../test/lease-worker.ts';
import { lockServer } from '../../test/lock-server.ts';
import { presenceClass, refusalClass } from './inspect-locks.ts';

vi.mock('./lease-client.ts', () => import('../../test/lock-server.ts'));
vi.mock('node:timers/promises', () => import('../../test/promised-timers.ts'));

describe('a worker', () => {
  it('takes every partition when it is alone, in one session that identifies it', async () => {
    const worker = new Worker();
    expect(() => worker.leases.check()).toThrow('no connection to hold leases on');
    expect(worker.leases.partitioning.partitions).toBe(0);
    await pass(0);
    expect(() => worker.leases.check()).not.toThrow();
    expect([worker.held, leaseKeys()]).toEqual([
      [0, 1, 2, 3],
      [0, 1, 2, 3],
    ]);
    const session = lockServer.locksOf(presenceClass)[0]?.key;
    expect(session).toBeGreaterThan(0);
    expect(worker.acquired.mock.calls).toEqual([0, 1, 2, 3].map((partition) => [{ partition, session }]));
    expect(worker.logger.info).toHaveBeenLastCalledWith({ partition: 3 }, 'partition taken');
    expect(newest().config).toEqual({
      connectionString: expect.stringContaining('boxoffice_worker'),
      application_name: 'boxoffice_worker leases',
      options: '-c idle_session_timeout=3000',
      ...{ connectionTimeoutMillis: 1_000, query_timeout: 3_000, keepAlive: true },
    });
  });

  it('chooses another number when its own is taken by a live session', async () => {
    const tried: number[] = [];
    lockServer.onQuery = (_, [lockClass, key = 0]) => lockClass !== presenceClass || tried.push(key) > 2;
    const worker = new Worker();
    await pass(0);
    expect(new Set(tried).size).toBe(3);
    expect(worker.acquired).toHaveBeenLastCalledWith({ partition: 3, session: tried[2] });
  });

  it('checks every 200 ms, and notices when the number of partitions changes', async () => {
    const worker = new Worker();
    await pass(0);
    const checks = () => newest().statements.filter((sql) => sql.includes('pg_locks')).length;
    expect(checks()).toBe(1);
    await pass(199);
    expect(checks()).toBe(1);
    await pass(1);
    expect(checks()).toBe(2);
    expect(worker.onPartitioning.mock.calls).toEqual([[{ generation: 0, partitions: 4 }]]);
    lockServer.partitioning = { generation: 1, partitions: 2 };
    await pass(200);
    expect(worker.onPartitioning.mock.calls.slice(1)).toEqual([[{ generation: 1, partitions: 2 }]]);
    expect(worker.leases.partitioning.generation).toBe(1);
    expect(worker.held).toEqual([0, 1]);
  });

  it('takes another partition when one that seemed free has been taken', async () => {
    lockServer.partitioning = { generation: 0, partitions: 2 };
    new Worker();
    lockServer.onQuery = (_, [lockClass, key]) => lockClass !== leaseLockClass || key !== 0;
    const second = new Worker();
    await pass(400);
    expect(second.acquired.mock.calls.length + (workers[0] as Worker).acquired.mock.calls.length).toBe(1);
    expect(leaseKeys()).toEqual([1]);
    expect([...(workers[0] as Worker).held, ...second.held]).toEqual([1]);
  });

  it('takes a partition that another worker refuses, in addition to its share', async () => {
    const [first, second] = await pair();
    const [refused = 0] = first.held;
    first.leases.refusals.add(refused, async () => true);
    await pass(600);
    expect(second.held).toContain(refused);
    expect([first.held.length, second.held.length]).toEqual([1, 3]);
    expect(lockServer.locksOf(refusalClass)).toEqual([{ class: refusalClass, key: refused }]);
  });
});

describe('handing over', () => {
  it('finishes the work in progress first, and keeps the session busy meanwhile', async () => {
    const first = new Worker();
    await pass(0);
    const { promise, resolve } = Promise.withResolvers<void>();
    first.release = promise;
    const second = new Worker();
    await pass(2_000);
    expect(first.releasing.mock.calls).toEqual([[2], [3]]);
    expect([first.held, second.held]).toEqual([[0, 1, 2, 3], []]);
    const pings = lockServer.opened[0]?.statements.filter((sql) => sql === 'select 1').length;
    expect(pings).toBeGreaterThanOrEqual(8);
    resolve();
    await pass(400);
    expect([first.held, second.held]).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(first.logger.info).toHaveBeenLastCalledWith({ partition: 3 }, 'partition handed over');
    expect(first.lost).not.toHaveBeenCalled();
  });

  it('is given up after 12 s, with the session', async () => {
    const first = new Worker();
    await pass(0);
    first.release = new Promise(() => undefined);
    new Worker();
    await pass(12_000);
    expect(first.lost).not.toHaveBeenCalled();
    await pass(600);
    expect(first.lost.mock.calls).toEqual([[0], [1], [2], [3]]);
    expect(first.logger.warn).toHaveBeenCalledExactlyOnceWith(
      { reason: 'handing partitions over takes too long' },
      'lease connection lost',
    );
    first.release = Promise.resolve();
  });

  it('happens with every partition when the worker stops', async () => {
    const worker = new Worker();
    await pass(0);
    const { promise, resolve } = Promise.withResolvers<void>();
    worker.release = promise;
    let isStopped = false;
    void worker.leases.stop().then(() => {
      isStopped = true;
    });
    await pass(1_000);
    expect([isStopped, leaseKeys()]).toEqual([false, [0, 1, 2, 3]]);
    resolve();
    await pass(200);
    expect([isStopped, worker.held, leaseKeys(), lockServer.sessions.size]).toEqual([true, [], [], 0]);
    expect([worker.releasing.mock.calls.length, worker.lost.mock.calls.length]).toEqual([4, 0]);
    expect(worker.logger.warn).not.toHaveBeenCalled();
  });
});

describe('a session that ends', () => {
  it('takes the leases with it, and another is opened 200 ms later', async () => {
    const worker = new Worker();
    worker.leases.refusals.add(9, async () => true);
    await pass(0);
    newest().destroy();
    await pass(0);
    expect(worker.lost.mock.calls).toEqual([[0], [1], [2], [3]]);
    expect(worker.held).toEqual([]);
    expect(() => worker.leases.check()).toThrow();
    expect(worker.logger.warn).toHaveBeenCalledExactlyOnceWith({ reason: 'connection ended' }, 'lease connection lost');
    await pass(199);
    expect(lockServer.opened).toHaveLength(1);
    await pass(1);
    expect(worker.held).toEqual([0, 1, 2, 3]);
    expect(lockServer.locksOf(refusalClass)).toHaveLength(1);
  });

  it('follows the loss of its presence lock', async () => {
    const worker = new Worker();
    await pass(0);
    newest().locks = newest().locks.filter((lock) => lock.class !== presenceClass);
    await pass(200);
    expect(worker.lost).toHaveBeenCalledTimes(4);
    expect(worker.logger.warn).toHaveBeenCalledWith({ reason: 'the presence lock is gone' }, 'lease connection lost');
  });

  it('is not reported if there has never been one', async () => {
    lockServer.isAway = true;
    const worker = new Worker();
    await pass(1_000);
    expect(lockServer.opened.length).toBeGreaterThan(4);
    expect(worker.logger.warn).not.toHaveBeenCalled();
    lockServer.isAway = false;
    await pass(200);
    expect(worker.held).toHaveLength(4);
  });
});
