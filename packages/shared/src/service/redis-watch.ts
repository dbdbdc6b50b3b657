import { type Redis, ReplyError } from 'ioredis';
import type { RedisClient } from './redis.ts';
import { mastersFor, mastersOf } from './redis-masters.ts';

/** How often Redis is pinged, in milliseconds. */
const usualIntervalMs = 1_000;
/** A connection on which this many pings in a row had no response is dropped: TCP may take minutes to notice that its peer is gone. */
const dropAfterPings = 2;
/** Redis counts as unreachable when this many pings in a row had no response. */
const unreachableAfterPings = 5;

interface Options {
  unreachable?: () => void;
  reachable?: () => void;
  /**
   * The keys whose masters matter, on a cluster; without keys, all masters do. Redis is reachable as long as one of them
   * responds.
   */
  keys?: () => readonly string[];
  intervalMs?: number;
}

/**
 * Watches whether Redis responds, with a deadline of our own. It counts pings rather than time, so that a process that
 * wakes up after a freeze checks Redis before it concludes anything.
 *
 * On a cluster, connections are dropped one by one, so that a silent master does not disturb the others. Nor does a silent
 * master make the cluster unreachable as long as another that matters responds: it may be down for everyone.
 */
export class RedisWatch {
  readonly #redis: RedisClient;
  readonly #options: Options;
  #timer: NodeJS.Timeout | undefined;
  /** For each server with a ping in flight: how many more pings have been due since. */
  readonly #overdue = new Map<Redis, number>();
  /** How many pings in a row no server that matters has responded to, including those in flight. */
  #silentPings = 0;
  /** While Redis is unreachable: the keys that mattered until then, because the caller may have given them up. */
  #missedKeys: readonly string[] | null = null;

  constructor(redis: RedisClient, options: Options = {}) {
    this.#redis = redis;
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => this.#check(), this.#options.intervalMs ?? usualIntervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  get #keys(): readonly string[] {
    return this.#missedKeys ?? this.#options.keys?.() ?? [];
  }

  #check(): void {
    this.#silentPings++;
    if (this.#silentPings > unreachableAfterPings && !this.#missedKeys) {
      this.#missedKeys = this.#keys;
      this.#options.unreachable?.();
    }
    const masters = mastersOf(this.#redis);
    for (const gone of this.#overdue.keys()) if (!masters.includes(gone)) this.#overdue.delete(gone);
    for (const master of masters) this.#ping(master);
  }

  /** A single server's connection is patient: its ping is sent again, on the next connection, until it has a response. */
  #ping(server: Redis): void {
    const overdue = this.#overdue.get(server);
    if (overdue !== undefined) {
      this.#overdue.set(server, overdue + 1);
      if ((overdue + 1) % dropAfterPings === 0) server.disconnect(true);
      return;
    }
    this.#overdue.set(server, 0);
    server.ping().then(
      () => this.#responded(server),
      (error) => {
        if (error instanceof ReplyError) this.#responded(server);
        else this.#overdue.delete(server); // on a cluster, it fails with its connection
      },
    );
  }

  #responded(server: Redis): void {
    this.#overdue.delete(server);
    if (!mastersFor(this.#redis, this.#keys).includes(server)) return;
    const wasUnreachable = this.#missedKeys !== null;
    this.#silentPings = 0;
    this.#missedKeys = null;
    if (wasUnreachable) this.#options.reachable?.();
  }
}
