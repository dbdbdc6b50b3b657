import { seatsChangedChannel } from '@boxoffice/shared/contracts/jobs';
import type { Logger } from '@boxoffice/shared/service/logging';
import { subscribe } from '@boxoffice/shared/service/pub-sub';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import type { Redis } from 'ioredis';
import { LRUCache } from 'lru-cache';

/** How long a response is served from the cache, in milliseconds: its greatest age after a lost message. */
const freshForMs = 5_000;
const responseLimit = 10_000;
/** Keys and bodies together. */
const byteLimit = 64 * 1024 * 1024;
/** Redis channel on which gateways tell each other that an administrator has changed movies or shows. */
const catalogChangedChannel = 'boxoffice:catalog-changed';

/** The data a response depends on: one show (its id), any show, or movies only. A change invalidates the group. */
export type CacheGroup = number | 'shows' | 'movies';

export interface CachedResponse {
  headers: Record<string, string>;
  body: Buffer;
}

/** A response that other requests are waiting for. Exactly one of these is called, once. */
export interface PendingResponse {
  /** Serves the response to all waiting requests; with null, each makes its own. */
  resolve(response: CachedResponse | null): void;
  /** Fails all waiting requests with the same error. Failures are not cached. */
  reject(error: unknown): void;
}

interface Entry {
  group: CacheGroup;
  response: Promise<CachedResponse | null>;
}

/**
 * Public responses, cached until what they show changes: workers announce the shows whose seats have
 * changed before they publish the outcomes, and gateways announce administrators' changes. Without the
 * subscription an invalidation could be missed, so nothing is cached while it is down.
 *
 * A response is in the cache from the moment it is requested, so that concurrent requests share it.
 * Invalidation removes it even then: it still reaches the requests already waiting for it, but no later ones.
 */
export class ResponseCache {
  readonly #entries = new LRUCache<string, Entry>({
    max: responseLimit,
    maxSize: byteLimit,
    ttl: freshForMs,
    dispose: ({ group }, key, reason) => {
      if (reason !== 'set') this.#removeFromGroup(group, key);
    },
  });
  /** The keys of each group in `#entries`. */
  readonly #keys = new Map<CacheGroup, Set<string>>();
  #subscribed = false;
  readonly #redis: RedisClient;

  /** @param options.subscriber a connection for subscriptions; it may be shared */
  constructor(options: { redis: RedisClient; subscriber: Redis; logger: Logger }) {
    this.#redis = options.redis;
    subscribe(options, [seatsChangedChannel, catalogChangedChannel], {
      onMessage: (message, channel) => {
        if (channel === catalogChangedChannel) this.#entries.clear();
        else for (const show of JSON.parse(message) as number[]) this.invalidateShow(show);
      },
      onSubscribed: () => {
        this.#entries.clear();
        this.#subscribed = true;
      },
    });
    options.subscriber.on('close', () => {
      this.#subscribed = false;
      this.#entries.clear();
    });
  }

  /** The response to a URL, which may still be pending; null when the caller must make one. */
  find(group: CacheGroup, url: string): Promise<CachedResponse | null> | null {
    return this.#entries.get(keyOf(group, url))?.response ?? null;
  }

  /**
   * Registers the response that the caller is about to make: from now on `find` returns it.
   *
   * @returns null while nothing can be cached
   */
  begin(group: CacheGroup, url: string): PendingResponse | null {
    if (!this.#subscribed) return null;
    const key = keyOf(group, url);
    const { promise, resolve, reject } = Promise.withResolvers<CachedResponse | null>();
    promise.catch(() => undefined); // perhaps nobody waits
    const entry: Entry = { group, response: promise };
    this.#entries.set(key, entry, { size: key.length });
    this.#addToGroup(group, key);
    const settle = (body: Buffer | null) => {
      if (this.#entries.peek(key, { allowStale: true }) !== entry) return; // invalidated or evicted meanwhile
      // A new object, since lru-cache does not resize a value that stays the same. Its age still counts from the request.
      const size = key.length + (body?.byteLength ?? 0);
      if (body) this.#entries.set(key, { ...entry }, { size, noUpdateTTL: true });
      else this.#entries.delete(key);
      if (!this.#entries.has(key)) this.#removeFromGroup(group, key); // larger than the whole cache
    };
    return {
      resolve(response) {
        settle(response?.body ?? null);
        resolve(response);
      },
      reject(error) {
        settle(null);
        reject(error);
      },
    };
  }

  /** Seats of this show have changed. */
  invalidateShow(id: number): void {
    for (const group of [id, 'shows'] as const)
      for (const key of this.#keys.get(group) ?? []) this.#entries.delete(key);
  }

  /** An administrator has changed movies or shows through this gateway. Tells the other gateways. */
  invalidateEverywhere(): void {
    this.#entries.clear();
    this.#redis.publish(catalogChangedChannel, '').catch(() => undefined); // others are up to date in 5 s
  }

  #addToGroup(group: CacheGroup, key: string): void {
    const keys = this.#keys.get(group);
    if (keys) keys.add(key);
    else this.#keys.set(group, new Set([key]));
  }

  #removeFromGroup(group: CacheGroup, key: string): void {
    const keys = this.#keys.get(group);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(group);
  }
}

/** One byte per character: Node reads URLs and headers as Latin-1. */
function keyOf(group: CacheGroup, url: string): string {
  return `${group} ${url}`;
}
