import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { connectTo } from '@boxoffice/shared/database/database-hosts';
import { serviceUrl } from '@boxoffice/shared/database/service-roles';
import { leaseLockClass } from '@boxoffice/shared/partition';
import { ensurePartitioning, type Partitioning } from '@boxoffice/shared/partitioning';
import type pg from 'pg';
import { balance } from './balance.ts';
import { inspectLocks, presenceClass } from './inspect-locks.ts';
import type { Lease, LeaseOptions } from './lease.ts';
import { LeaseClient } from './lease-client.ts';
import { Refusals } from './refusals.ts';

export type { Lease, LeaseHandler } from './lease.ts';

/** How often a worker checks for other workers and free partitions, in milliseconds: the longest delay of a takeover. */
const pollMs = 200;
/**
 * PostgreSQL drops the connection, and so the leases, of a worker that has been silent for this long, in
 * milliseconds. A healthy worker sends a query every 200 ms, so one that is silent for longer has been paused, or its
 * machine has. Too short a time is safe, but hands partitions back and forth.
 */
const frozenAfterMs = 3_000;

/** How long handing partitions over may take, in milliseconds: as long as a turn in progress, whose statements time out after 10 s. */
const releaseTimeoutMs = 12_000;
/**
 * How long a worker that cannot serve its partitions leaves them to others, in milliseconds. Doubles each time, up to
 * the longest, until the worker has proved that it can: otherwise it would take them over only to hand them back.
 */
const standBackMs = { first: 5_000, longest: 5 * 60_000 };

/**
 * Distributes the partitions among the live workers, one owner each. A lease is a PostgreSQL session
 * advisory lock on one dedicated connection: it ends when the process or its connection does. Every
 * worker sees the same list of live workers and takes the share that its rank gives it, so they agree
 * without communicating. Leases only keep turns cheap and in order: the database's keys alone ensure
 * that no seat is sold twice.
 */
export class Leases {
  readonly held = new Set<number>();
  /** The partitions that this worker currently refuses to serve. */
  readonly refusals = new Refusals();
  readonly #options: LeaseOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #connected = false;
  /** Set while this worker must not hold leases; resolves when it may again. */
  #pause: PromiseWithResolvers<void> | null = null;
  #client: LeaseClient | null = null;
  /** The number of live workers at the last check, including this one. */
  #workers = 0;
  #firstPartitions = 0;
  #partitioning: Partitioning = { generation: -1, partitions: 0 };
  #standBackUntil = 0;
  #nextStandBackMs = standBackMs.first;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** The partitioning at the last check; no partitions before the first. */
  get partitioning(): Partitioning {
    return this.#partitioning;
  }

  /** @param firstPartitions the number of partitions if the installation has none yet */
  start(firstPartitions: number): void {
    this.#firstPartitions = firstPartitions;
    this.#running = this.#run();
  }

  /** Hands all partitions over: finishes the work in progress, then releases the leases. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Gives up all leases without finishing any work, and acquires none until `resume`. */
  pause(): void {
    this.#pause ??= Promise.withResolvers();
    this.#client?.destroy();
  }

  /**
   * Gives up all leases without finishing any work, and acquires none for a while: other workers may serve the partitions
   * better. If there are no other workers, it keeps them.
   *
   * @returns whether the leases were given up
   */
  standBack(): boolean {
    if (this.#workers <= 1) return false;
    if (performance.now() < this.#standBackUntil) return true; // each of its partitions may call this
    this.#standBackUntil = performance.now() + this.#nextStandBackMs;
    this.#nextStandBackMs = Math.min(this.#nextStandBackMs * 2, standBackMs.longest);
    this.#client?.destroy();
    return true;
  }

  /** This worker has proved that it can serve partitions: next time it stands back only briefly. */
  confirmServing(): void {
    this.#nextStandBackMs = standBackMs.first;
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
        await this.#waitWhileStandingBack(client);
        const session = await this.#register(client);
        this.#connected = true;
        await this.#serve(client, session);
      } catch (error) {
        if (this.#connected) this.#options.logger.warn({ reason: (error as Error).message }, 'lease connection lost');
      } finally {
        this.#connected = false;
        for (const partition of this.held) this.#options.handler.lost(partition);
        this.held.clear();
        this.refusals.sessionEnded();
        client.destroy();
      }
      await this.#poll();
    }
  }

  /** Waits until the next check. */
  #poll(): Promise<void> {
    return delay(pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }

  /** As long as there are other workers, leaves all partitions to them by not registering as one. */
  async #waitWhileStandingBack(client: LeaseClient): Promise<void> {
    while (!this.#stop.signal.aborted && performance.now() < this.#standBackUntil) {
      if ((await inspectLocks(client)).workers.length === 0) return;
      await Promise.race([client.lost, this.#poll()]);
    }
  }

  #newClient(): LeaseClient {
    return new LeaseClient({
      ...connectTo(serviceUrl(this.#options.databaseUrl, 'boxoffice_worker')),
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
      await Promise.race([lost, this.#poll()]);
    }
    await this.#release(client, [...this.held]);
  }

  /** Moves towards this worker's share: releases surplus partitions and acquires free ones. */
  async #balance(client: pg.Client, session: number): Promise<void> {
    this.#setPartitioning(await ensurePartitioning(client, this.#firstPartitions));
    const { workers, ...locks } = await inspectLocks(client);
    this.#workers = workers.length;
    const rank = workers.indexOf(session);
    if (rank < 0) throw new Error('the presence lock is gone');
    const refused = await this.refusals.update(client, locks.taken);
    const { partitions } = this.#partitioning;
    const leftovers = this.#options.leftovers?.() ?? new Set();
    const moves = balance({ partitions, workers: workers.length, rank, held: this.held, ...locks, refused, leftovers });
    if (moves.release.length > 0) await this.#release(client, moves.release);
    for (const partition of moves.adopt) await this.#acquire(client, { partition, session });
    let { room } = moves;
    for (const partition of moves.free) if (room > 0 && (await this.#acquire(client, { partition, session }))) room--;
  }

  #setPartitioning(current: Partitioning): void {
    const { generation, partitions } = this.#partitioning;
    this.#partitioning = current;
    if (current.generation !== generation || current.partitions !== partitions) this.#options.onPartitioning?.(current);
  }

  /** Returns whether this worker now has the lease. */
  async #acquire(client: pg.Client, lease: Lease): Promise<boolean> {
    const { partition } = lease;
    const { rows } = await client.query<{ won: boolean }>('select pg_try_advisory_lock($1, $2) as won', [
      leaseLockClass,
      partition,
    ]);
    if (!rows[0]?.won) return false;
    this.held.add(partition);
    this.#options.logger.info({ partition }, 'partition taken');
    this.#options.handler.acquired(lease);
    return true;
  }

  /** @throws when the handler does not finish in time: then the session must end, because it fences the open turn */
  async #release(client: pg.Client, partitions: number[]): Promise<void> {
    // Handed over in parallel, because they share the turn in progress; unlocked one by one, because they share the connection.
    const released = Promise.all(partitions.map((partition) => this.#options.handler.releasing(partition)));
    await this.#keepAliveUntil(client, released);
    for (const partition of partitions) {
      await client.query('select pg_advisory_unlock($1, $2)', [leaseLockClass, partition]);
      this.held.delete(partition);
      this.#options.logger.info({ partition }, 'partition handed over');
    }
  }

  /** PostgreSQL must not mistake a worker that is finishing its turn for a frozen one. */
  async #keepAliveUntil(client: pg.Client, released: Promise<unknown>): Promise<void> {
    const deadline = performance.now() + releaseTimeoutMs;
    const finished = released.then(() => true);
    while (!(await Promise.race([finished, delay(pollMs, false)]))) {
      if (performance.now() > deadline) throw new Error('handing partitions over takes too long');
      await client.query('select 1');
    }
  }
}
