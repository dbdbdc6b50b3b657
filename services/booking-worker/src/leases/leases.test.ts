import { createLogger } from '@boxoffice/shared/service/logging';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Lease, Leases } from './leases.ts';

describe('Leases', () => {
  const partitions = 8;
  let database: TestDatabase;
  let workers: Worker[];
  /** The worker that serves each partition, according to the handlers' calls. */
  let owners: Map<number, Worker>;
  /** Broken invariants. */
  let violations: string[];

  /** A worker that records the calls of its handler, and takes as long to release as the test wants. */
  class Worker {
    readonly lost: number[] = [];
    releasing: Promise<void> = Promise.resolve();
    readonly leases: Leases;

    constructor(databaseUrl = database.url) {
      const handler = {
        acquired: ({ partition }: Lease) => {
          if (owners.has(partition)) violations.push(`partition ${partition} has two owners`);
          owners.set(partition, this);
        },
        releasing: async (partition: number) => {
          await this.releasing;
          this.#leave(partition);
        },
        lost: (partition: number) => {
          this.lost.push(partition);
          this.#leave(partition);
        },
      };
      const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });
      this.leases = new Leases({ databaseUrl, handler, logger });
      this.leases.start(partitions);
      workers.push(this);
    }

    get serves(): number {
      return [...owners.values()].filter((owner) => owner === this).length;
    }

    #leave(partition: number): void {
      if (owners.get(partition) !== this)
        violations.push(`partition ${partition} was left by a worker that did not own it`);
      owners.delete(partition);
    }
  }

  beforeEach(async () => {
    database = await createTestDatabase();
    workers = [];
    owners = new Map();
    violations = [];
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.leases.stop()));
    expect(owners.size).toBe(0);
    expect(violations).toEqual([]);
    await database.drop();
  });

  const shares = () => workers.map((worker) => worker.serves).sort();

  it('keeps partitions evenly distributed as workers start and stop, and never gives one two owners', async () => {
    const first = new Worker();
    await eventually(() => first.serves === 8);
    const [second, third] = [new Worker(), new Worker()];
    await eventually(() => shares().join() === '2,3,3');
    await Promise.all([second.leases.stop(), third.leases.stop()]);
    await eventually(() => first.serves === 8);
    await first.leases.stop();
    expect(owners.size).toBe(0);
  });

  it('serves each partition once when there are more workers than partitions', async () => {
    for (let number = 0; number < 9; number++) new Worker();
    await eventually(() => shares().join() === '0,1,1,1,1,1,1,1,1');
  });

  it('releases a lease only when its handler has finished', async () => {
    const first = new Worker();
    await eventually(() => first.serves === 8);
    const { promise, resolve } = Promise.withResolvers<void>();
    first.releasing = promise;
    const second = new Worker();
    // The second has checked three times, and found nothing free.
    const checks = new Set<string>();
    await eventually(async () => checks.add((await latestCheckOfNewest()) ?? '').size > 3);
    expect([first.serves, second.serves]).toEqual([8, 0]);
    resolve();
    await eventually(() => second.serves === 4 && first.serves === 4);
  });

  it('keeps its session while handing over takes longer than PostgreSQL lets a session be idle', async () => {
    const first = new Worker();
    await eventually(() => first.serves === 8);
    const { promise, resolve } = Promise.withResolvers<void>();
    first.releasing = promise;
    const second = new Worker();
    await eventually(async () => (await latestCheckOfNewest()) !== undefined);
    // Seen every 20 ms, the session is never gone; sessions are dropped when idle for 3 s.
    const since = performance.now();
    await eventually(() => first.lost.length > 0 || performance.now() - since > 4_000);
    expect(first.lost).toEqual([]);
    expect(first.serves).toBe(8);
    resolve();
    await eventually(() => second.serves === 4 && first.serves === 4);
  });

  it('ends its session when handing over takes so long that something must be stuck', async () => {
    const first = new Worker();
    await eventually(() => first.serves === 8);
    first.releasing = new Promise(() => undefined);
    const second = new Worker();
    await eventually(() => first.lost.length === 8, { timeoutMs: 20_000 });
    first.releasing = Promise.resolve();
    await eventually(() => second.serves === 4 && first.serves === 4);
  });

  it('leaves its partitions to the others for a while when it stands back', async () => {
    const [first, second] = [new Worker(), new Worker()];
    await eventually(() => first.serves === 4 && second.serves === 4);
    // Its latest check may be from before the other worker was there.
    await eventually(() => first.leases.standBack());
    expect(first.leases.standBack()).toBe(true); // another of its partitions requests it too
    await eventually(() => second.serves === 8);
    const alone = performance.now();
    await eventually(() => second.serves === 4 && first.serves === 4, { timeoutMs: 20_000 });
    expect(performance.now() - alone).toBeGreaterThan(3_000);
    expect(first.lost.length).toBe(4);
  });

  it('does not stand back when no other worker is there, and no longer once there is none', async () => {
    const first = new Worker();
    await eventually(() => first.serves === 8);
    expect(first.leases.standBack()).toBe(false);
    const second = new Worker();
    await eventually(() => first.serves === 4 && second.serves === 4);
    expect(first.lost).toEqual([]);
    expect(first.leases.standBack()).toBe(true);
    await eventually(() => second.serves === 8);
    await second.leases.stop();
    await eventually(() => first.serves === 8, { timeoutMs: 2_000 });
  });

  it('connects again after a pause in the middle of a handshake', async () => {
    const proxy = await TcpProxy.start(database.url);
    onTestFinished(() => proxy.close());
    proxy.acceptsInSilence = true;
    const worker = new Worker(proxy.url);
    await eventually(() => proxy.acceptedInSilence === 1);
    worker.leases.pause();
    worker.leases.resume();
    proxy.acceptsInSilence = false;
    await eventually(() => worker.serves === 8);
  });

  it('stops serving immediately when its session ends, and acquires the leases again', async () => {
    const worker = new Worker();
    await eventually(() => worker.serves === 8);
    expect(() => worker.leases.check()).not.toThrow();
    await endSessionOf(worker);
    await eventually(() => worker.lost.length === 8, { timeoutMs: 1_000, intervalMs: 1 });
    await eventually(() => worker.serves === 8);
  });

  it('redistributes the partitions of a session that ended', async () => {
    const [first, second] = [new Worker(), new Worker()];
    await eventually(() => first.serves === 4 && second.serves === 4);
    const held = [...first.leases.held];
    await endSessionOf(first);
    await eventually(() => first.lost.length === 4);
    expect(first.lost).toEqual(held);
    await eventually(() => first.serves === 4 && second.serves === 4);
    expect(second.lost).toEqual([]);
  });

  it('fails its check when it has no session to hold leases on', async () => {
    const worker = new Worker('postgres://nobody@127.0.0.1:1/nothing');
    expect(() => worker.leases.check()).toThrow('no connection to hold leases on');
  });

  async function endSessionOf(worker: Worker): Promise<void> {
    const [partition] = worker.leases.held;
    const session =
      "select pid from pg_locks where locktype = 'advisory' and objsubid = 2 and classid = 7232 and objid = $1";
    const database = '(select oid from pg_database where datname = current_database())';
    await sql(`select pg_terminate_backend((${session} and database = ${database}))`, [partition]);
  }

  /** When the newest lease session last sent a query; undefined while there is only one session. */
  async function latestCheckOfNewest(): Promise<string | undefined> {
    const rows = await sql<{ sent: string }>(
      `select query_start::text as sent from pg_stat_activity
        where application_name = 'boxoffice_worker leases' and datname = current_database() order by backend_start`,
    );
    return rows[1]?.sent;
  }

  async function sql<Row extends object>(statement: string, parameters: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    try {
      return (await client.query<Row>(statement, parameters)).rows;
    } finally {
      await client.end();
    }
  }
});
