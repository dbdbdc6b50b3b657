import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { serviceUrl } from '@boxoffice/shared/database/service-roles';
import { leaseLockClass } from '@boxoffice/shared/partition';
import type { Logger } from '@boxoffice/shared/service/logging';
import type pg from 'pg';
import { fairShare } from './fair-share.ts';
import { LeaseClient } from './lease-client.ts';

/**
 * First key of the advisory lock that marks a session as a live worker; the second is the session's number. That
 * is random: PostgreSQL reuses process ids, so another session could pass for one that has ended.
 */
export const presenceClass = 7_231;

/** How often a worker checks for other workers and free partitions, in milliseconds: the longest that a takeover waits. */
const pollMs = 200;
/**
 * PostgreSQL drops the connection, and so the leases, of a worker that has been frozen for this long, in
 * milliseconds. The bound is how long a healthy worker may be silent: it sends a query every 200 ms, so this
 * is a pause of the process or the machine. Too short a time is safe, but hands partitions back and forth.
 */
const frozenAfterMs = 3_000;

/** How long handing partitions over may take, in milliseconds: a turn in progress, whose statements time out after 10 s. */
const releaseTimeoutMs = 12_000;
/** How long a worker that cannot serve its partitions leaves them to others, in milliseconds. */
const standBackMs = 5_000;

/** The right to serve a partition, for as long as a PostgreSQL session lives. */
export interface Lease {
  partition: number;
  /** Number of the session that holds the lock. */
  session: number;
}

/** Serves partitions while this worker holds their leases. */
export interface LeaseHandler {
  /** The lease is ours: start to serve the partition. Must not block. */
  acquired(lease: Lease): void;
  /** Finish the work in progress: the lease is released when this resolves. */
  releasing(partition: number): Promise<void>;
  /** The lease is already gone: stop immediately. */
  lost(partition: number): void;
}

/**
 * Distributes the partitions among the live workers, one owner each. A lease is a PostgreSQL session
 * advisory lock on one dedicated connection: it ends when the process or its connection does. Every
 * worker sees the same list of live workers and takes the share that its rank gives it, so they agree
 * without communicating. Leases only keep turns cheap and in order: the database's keys alone ensure
 * that no seat is sold twice.
 */
export class Leases {
  readonly held = new Set<number>();
  readonly #options: { databaseUrl: string; partitions: number; handler: LeaseHandler; logger: Logger };
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #connected = false;
  /** Set while this worker must hold no leases; settles when it may again. */
  #pause: PromiseWithResolvers<void> | null = null;
  #client: LeaseClient | null = null;
  #pauseBeforeConnectingMs = pollMs;

  constructor(options: { databaseUrl: string; partitions: number; handler: LeaseHandler; logger: Logger }) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Hands every partition over: finishes the work in progress, then releases the leases. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Gives up every lease without finishing any work, and takes none until `resume`. */
  pause(): void {
    this.#pause ??= Promise.withResolvers();
    this.#client?.destroy();
  }

  /** Gives up every lease without finishing any work, and takes none for 5 s: others may serve the partitions better. */
  standBack(): void {
    this.#pauseBeforeConnectingMs = standBackMs;
    this.#client?.destroy();
  }

  resume(): void {
    this.#pause?.resolve();
    this.#pause = null;
  }

  /**
   * For the readiness probe.
   *
   * @throws when the connection that holds the leases is down
   */
  check(): void {
    if (!this.#connected) throw new Error('no connection to hold leases on');
  }

  /** Opens one connection after another, until stopped. */
  async #run(): Promise<void> {
    const stopped = once(this.#stop.signal, 'abort');
    while (!this.#stop.signal.aborted) {
      await Promise.race([this.#pause?.promise, stopped]);
      const client = this.#newClient();
      this.#client = client;
      try {
        await Promise.race([client.lost, client.connect()]);
        const session = await this.#register(client);
        this.#connected = true;
        await this.#serve(client, session);
      } catch (error) {
        if (this.#connected) this.#options.logger.warn({ reason: (error as Error).message }, 'lease connection lost');
      } finally {
        this.#connected = false;
        for (const partition of this.held) this.#options.handler.lost(partition);
        this.held.clear();
        client.destroy();
      }
      await delay(this.#pauseBeforeConnectingMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      this.#pauseBeforeConnectingMs = pollMs;
    }
  }

  #newClient(): LeaseClient {
    return new LeaseClient({
      connectionString: serviceUrl(this.#options.databaseUrl, 'boxoffice_worker'),
      application_name: 'boxoffice_worker leases',
      options: `-c idle_session_timeout=${frozenAfterMs}`,
      connectionTimeoutMillis: 1_000,
      query_timeout: 3_000,
      keepAlive: true,
    });
  }

  /** Marks the session as a live worker, under a number that no live session has. */
  async #register(client: pg.Client): Promise<number> {
    for (;;) {
      const session = randomInt(1, 2 ** 31 - 1);
      const { rows } = await client.query<{ won: boolean }>('select pg_try_advisory_lock($1, $2) as won', [
        presenceClass,
        session,
      ]);
      if (rows[0]?.won) return session;
    }
  }

  async #serve(client: LeaseClient, session: number): Promise<void> {
    const { lost } = client;
    while (!this.#stop.signal.aborted) {
      await Promise.race([lost, this.#balance(client, session)]);
      await Promise.race([lost, delay(pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined)]);
    }
    await this.#release(client, [...this.held]);
  }

  /** Moves towards this worker's share: releases surplus partitions, acquires free ones. */
  async #balance(client: pg.Client, session: number): Promise<void> {
    const { rows } = await client.query<{ class: number; key: number }>(locksSql, [[presenceClass, leaseLockClass]]);
    const workers = rows.filter((row) => row.class === presenceClass).sort((a, b) => a.key - b.key);
    const taken = new Set(rows.filter((row) => row.class === leaseLockClass).map((row) => row.key));
    const rank = workers.findIndex((row) => row.key === session);
    if (rank < 0) throw new Error('the presence lock is gone');
    const share = fairShare(this.#options.partitions, workers.length, rank);
    if (this.held.size > share) await this.#release(client, [...this.held].slice(share));
    for (let partition = 0; partition < this.#options.partitions && this.held.size < share; partition++) {
      if (!taken.has(partition)) await this.#acquire(client, { partition, session });
    }
  }

  async #acquire(client: pg.Client, lease: Lease): Promise<void> {
    const { partition } = lease;
    const { rows } = await client.query<{ won: boolean }>('select pg_try_advisory_lock($1, $2) as won', [
      leaseLockClass,
      partition,
    ]);
    if (!rows[0]?.won) return;
    this.held.add(partition);
    this.#options.logger.info({ partition }, 'partition taken');
    this.#options.handler.acquired(lease);
  }

  /** @throws when the handler does not finish in time: the session must end then, because an open turn is fenced by it */
  async #release(client: pg.Client, partitions: number[]): Promise<void> {
    // In parallel, because they share the turn in progress; then one by one, because they share the connection.
    const released = Promise.all(partitions.map((partition) => this.#options.handler.releasing(partition)));
    await this.#keepAliveUntil(client, released);
    for (const partition of partitions) {
      await client.query('select pg_advisory_unlock($1, $2)', [leaseLockClass, partition]);
      this.held.delete(partition);
      this.#options.logger.info({ partition }, 'partition handed over');
    }
  }

  /** PostgreSQL must not take a worker for frozen that finishes its work. */
  async #keepAliveUntil(client: pg.Client, released: Promise<unknown>): Promise<void> {
    const deadline = performance.now() + releaseTimeoutMs;
    const finished = released.then(() => true);
    while (!(await Promise.race([finished, delay(pollMs, false)]))) {
      if (performance.now() > deadline) throw new Error('handing partitions over takes too long');
      await client.query('select 1');
    }
  }
}

/** Exclusive locks only: a turn that tests whether a session lives takes a shared one for a moment. */
const locksSql = `
  select classid::int as class, objid::int as key from pg_locks
  where locktype = 'advisory' and mode = 'ExclusiveLock' and granted and objsubid = 2 and classid = any($1)
    and database = (select oid from pg_database where datname = current_database())`;
