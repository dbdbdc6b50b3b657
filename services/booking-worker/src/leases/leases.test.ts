import { createLogger } from '@boxoffice/shared/service/logging';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fairShare, type Lease, Leases } from './leases.ts';

describe('fairShare', () => {
  const upTo32 = Array.from({ length: 32 }, (_, index) => index + 1);

  it.each(upTo32)('shares %i partitions out, to any number of workers, all of them and evenly', (partitions) => {
    for (const workers of upTo32) {
      const shares = Array.from({ length: workers }, (_, rank) => fairShare(partitions, workers, rank));
      expect(shares.reduce((sum, share) => sum + share)).toBe(partitions);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }
  });
});

describe('Leases', () => {
  const partitions = 8;
  let database: TestDatabase;
  let workers: Worker[];
  /** Who serves each partition, as the tenants were told. */
  let owners: Map<number, Worker>;
  /** What must never be. */
  let violations: string[];

  /** A worker that notes what it is told, and takes as long to move out as the test wants. */
  class Worker {
    readonly evicted: number[] = [];
    movingOut: Promise<void> = Promise.resolve();
    readonly leases: Leases;

    constructor(databaseUrl = database.url) {
      const tenant = {
        moveIn: ({ partition }: Lease) => {
          if (owners.has(partition)) violations.push(`partition ${partition} has two owners`);
          owners.set(partition, this);
        },
        moveOut: async (partition: number) => {
          await this.movingOut;
          this.#leave(partition);
        },
        evict: (partition: number) => {
          this.evicted.push(partition);
          this.#leave(partition);
        },
      };
      const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });
      this.leases = new Leases({ databaseUrl, partitions, tenant, logger });
      this.leases.start();
      workers.push(this);
    }

    get serves(): number {
      return [...owners.values()].filter((owner) => owner === this).length;
    }

    #leave(partition: number): void {
      if (owners.get(partition) !== this) violations.push(`partition ${partition} was left by another than its owner`);
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

  it('moves partitions as workers come and go, evenly, and never has two owners', async () => {
    const first = new Worker();
    await eventually(() => first.serves === 8);
    const [second, third] = [new Worker(), new Worker()];
    await eventually(() => shares().join() === '2,3,3');
    await Promise.all([second.leases.stop(), third.leases.stop()]);
    await eventually(() => first.serves === 8);
    await first.leases.stop();
    expect(owners.size).toBe(0);
  });

  it('leaves partitions where they are when there are more workers than partitions', async () => {
    for (let number = 0; number < 9; number++) new Worker();
    await eventually(() => shares().join() === '0,1,1,1,1,1,1,1,1');
  });

  it('gives a lease back only when its tenant has moved out', async () => {
    const first = new Worker();
    await eventually(() => first.serves === 8);
    const { promise, resolve } = Promise.withResolvers<void>();
    first.movingOut = promise;
    const second = new Worker();
    // The second has looked three times, and found nothing free.
    const looks = new Set<string>();
    await eventually(async () => looks.add((await lookOfNewest()) ?? '').size > 3);
    expect([first.serves, second.serves]).toEqual([8, 0]);
    resolve();
    await eventually(() => second.serves === 4 && first.serves === 4);
  });

  it('evicts its tenants at once when its session ends, and takes the leases again', async () => {
    const worker = new Worker();
    await eventually(() => worker.serves === 8);
    expect(() => worker.leases.check()).not.toThrow();
    await endSessionOf(worker);
    await eventually(() => worker.evicted.length === 8, { timeoutMs: 1_000, intervalMs: 1 });
    await eventually(() => worker.serves === 8);
  });

  it('hands the partitions of a session that ended to another worker', async () => {
    const [first, second] = [new Worker(), new Worker()];
    await eventually(() => first.serves === 4 && second.serves === 4);
    const lost = [...first.leases.held];
    await endSessionOf(first);
    await eventually(() => first.evicted.length === 4);
    expect(first.evicted).toEqual(lost);
    await eventually(() => first.serves === 4 && second.serves === 4);
    expect(second.evicted).toEqual([]);
  });

  it('says when it has no session to hold leases on', async () => {
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

  /** When the lease session that was opened last asked last, or nothing while there is one session only. */
  async function lookOfNewest(): Promise<string | undefined> {
    const rows = await sql<{ asked: string }>(
      `select query_start::text as asked from pg_stat_activity
        where application_name = 'boxoffice_worker leases' and datname = current_database() order by backend_start`,
    );
    return rows[1]?.asked;
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
