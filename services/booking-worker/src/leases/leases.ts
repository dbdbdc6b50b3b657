import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@boxoffice/shared/service/logging';
import pg from 'pg';

/** First keys of the advisory locks: one says "this worker is here", one "this partition is mine". */
export const presenceClass = 7_231;
const partitionClass = 7_232;

/** How often a worker looks who is there, in milliseconds: the most that a takeover waits. */
const pollMs = 200;
/** PostgreSQL drops the connection, and with it the leases, of a worker that froze for this long, in milliseconds. */
const frozenAfterMs = 10_000;

/** The right to serve a partition, for as long as a session of PostgreSQL lives. */
export interface Lease {
  partition: number;
  /** Backend process id of the session that holds the lock. */
  session: number;
}

/** Who serves a partition while this worker holds its lease. */
export interface Tenant {
  /** The lease is ours. Must return at once. */
  moveIn(lease: Lease): void;
  /** Finish what is under way: the lease is given back when this resolves. */
  moveOut(partition: number): Promise<void>;
  /** The lease is gone already: stop at once. */
  evict(partition: number): void;
}

/**
 * Shares the partitions out among the workers that are alive, one owner each. A lease is a PostgreSQL
 * session advisory lock on one dedicated connection: it ends when the process or its connection does.
 * Every worker sees the same list of the living and takes the share that its rank gives it, so they
 * agree without talking. The lease only keeps turns cheap and in order; that no seat is sold twice
 * rests on the database's keys alone.
 */
export class Leases {
  readonly held = new Set<number>();
  readonly #options: { databaseUrl: string; partitions: number; tenant: Tenant; logger: Logger };
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #connected = false;

  constructor(options: { databaseUrl: string; partitions: number; tenant: Tenant; logger: Logger }) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Hands every partition over: finishes what is under way, then frees the leases. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /**
   * For the readiness probe.
   *
   * @throws when the connection that holds the leases is down
   */
  check(): void {
    if (!this.#connected) throw new Error('no connection to hold leases on');
  }

  /** One connection after the other, until stopped. */
  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const client = this.#newClient();
      try {
        await client.connect();
        await client.query('select pg_try_advisory_lock($1, pg_backend_pid())', [presenceClass]);
        this.#connected = true;
        await this.#serve(client);
      } catch (error) {
        if (this.#connected) this.#options.logger.warn({ reason: (error as Error).message }, 'lease connection lost');
      } finally {
        this.#connected = false;
        for (const partition of this.held) this.#options.tenant.evict(partition);
        this.held.clear();
        await client.end().catch(() => undefined);
      }
      await delay(pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  #newClient(): pg.Client {
    const client = new pg.Client({
      connectionString: this.#options.databaseUrl,
      application_name: 'boxoffice_worker leases',
      options: `-c role=boxoffice_worker -c idle_session_timeout=${frozenAfterMs}`,
      connectionTimeoutMillis: 1_000,
      query_timeout: 3_000,
      keepAlive: true,
    });
    client.on('error', () => undefined); // the next query rejects and says why
    return client;
  }

  async #serve(client: pg.Client): Promise<void> {
    const lost = new Promise<never>((_, reject) => client.once('end', () => reject(new Error('connection ended'))));
    lost.catch(() => undefined);
    while (!this.#stop.signal.aborted) {
      await Promise.race([lost, this.#balance(client)]);
      await Promise.race([lost, delay(pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined)]);
    }
    await this.#release(client, [...this.held]);
  }

  /** One look at who is there, then towards this worker's share. */
  async #balance(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ class: number; key: number; pid: number; mine: boolean }>(locksSql, [
      [presenceClass, partitionClass],
    ]);
    // Whose lock bears another's pid is a turn that asks whether that session lives.
    const workers = rows
      .filter((row) => row.class === presenceClass && row.key === row.pid)
      .sort((a, b) => a.pid - b.pid);
    const taken = new Set(rows.filter((row) => row.class === partitionClass).map((row) => row.key));
    const rank = workers.findIndex((row) => row.mine);
    const session = workers[rank]?.pid;
    if (session === undefined) throw new Error('the presence lock is gone');
    const share = fairShare(this.#options.partitions, workers.length, rank);
    if (this.held.size > share) await this.#release(client, [...this.held].slice(share));
    for (let partition = 0; partition < this.#options.partitions && this.held.size < share; partition++) {
      if (!taken.has(partition)) await this.#acquire(client, { partition, session });
    }
  }

  async #acquire(client: pg.Client, lease: Lease): Promise<void> {
    const { partition } = lease;
    const { rows } = await client.query<{ won: boolean }>('select pg_try_advisory_lock($1, $2) as won', [
      partitionClass,
      partition,
    ]);
    if (!rows[0]?.won) return;
    this.held.add(partition);
    this.#options.logger.info({ partition }, 'partition taken');
    this.#options.tenant.moveIn(lease);
  }

  async #release(client: pg.Client, partitions: number[]): Promise<void> {
    // At once, for they share the turn that is under way; then one by one, for they share the connection.
    await Promise.all(partitions.map((partition) => this.#options.tenant.moveOut(partition)));
    for (const partition of partitions) {
      await client.query('select pg_advisory_unlock($1, $2)', [partitionClass, partition]);
      this.held.delete(partition);
      this.#options.logger.info({ partition }, 'partition handed over');
    }
  }
}

const locksSql = `
  select classid::int as class, objid::int as key, pid, pid = pg_backend_pid() as mine from pg_locks
  where locktype = 'advisory' and granted and objsubid = 2 and classid = any($1)
    and database = (select oid from pg_database where datname = current_database())`;

/** How many of `partitions` the worker of this rank (from 0) serves, so that all differ by one at most. */
export function fairShare(partitions: number, workers: number, rank: number): number {
  return Math.floor(partitions / workers) + (rank < partitions % workers ? 1 : 0);
}
