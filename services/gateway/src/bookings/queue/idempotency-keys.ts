import type { RequestKey } from '@boxoffice/shared/contracts/jobs';
import { queueName } from '@boxoffice/shared/partition';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { Cluster } from 'ioredis';

/**
 * How long a key is remembered here, in milliseconds. Longer than a decision takes, but not much: afterwards
 * its outcome is in PostgreSQL, and a day's keys would fill Redis' memory.
 */
const rememberedMs = 15 * 60 * 1_000;

/** A request that wants its key. */
export interface KeyedRequest {
  /** The request's own id. */
  id: string;
  userId: number;
  key: RequestKey;
  /** Takes the key over from this request, which was never accepted. */
  replaces?: string | undefined;
}

/** The request that a key belongs to. */
export interface KeyOwner {
  id: string;
  /** What it was sent with. */
  fingerprint: string;
  /** How long ago it got the key, by Redis' clock, in milliseconds. */
  ageMs: number;
}

/**
 * Knows which request an Idempotency-Key belongs to (draft-ietf-httpapi-idempotency-key-header). Only makes
 * repeats fast: PostgreSQL enforces that a key belongs to one request.
 *
 * On a cluster, the keys for a partition are in the slot of its queue, so that it depends on no other master. The price: a
 * key that is reused for a show of another partition counts as a new one there, as it always does once Redis has forgotten it.
 */
export class IdempotencyKeys {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** Finds the owner of a user's key for shows of this partition. */
  async find(partition: number, userId: number, { hash }: Pick<RequestKey, 'hash'>): Promise<KeyOwner | null> {
    const key = this.#redisKey(partition, userId, hash);
    const [value, leftMs] = await Promise.all([this.#redis.get(key), this.#redis.pttl(key)]);
    return value === null ? null : parse(value, leftMs);
  }

  /**
   * Claims the keys of these requests of one partition in one round trip. The first request with a key gets it, on any gateway.
   *
   * @returns for each request the owner that was there before it; null when the key is now its own
   */
  claim(partition: number, requests: readonly KeyedRequest[]): Promise<(KeyOwner | null)[]> {
    return Promise.all(requests.map((request) => this.#claim(partition, request)));
  }

  /** Releases the keys of requests that were not accepted after all. */
  async release(partition: number, requests: readonly KeyedRequest[]): Promise<void> {
    const release = ({ id, userId, key }: KeyedRequest) =>
      this.#redis.eval(releaseScript, 1, this.#redisKey(partition, userId, key.hash), `${id} ${key.fingerprint}`);
    await Promise.all(requests.map(release));
  }

  async #claim(partition: number, request: KeyedRequest): Promise<KeyOwner | null> {
    const {
      id,
      userId,
      key: { hash, fingerprint },
      replaces,
    } = request;
    const key = this.#redisKey(partition, userId, hash);
    const mine = `${id} ${fingerprint}`;
    if (replaces !== undefined) {
      const owner = (await this.#redis.eval(takeOver, 1, key, replaces, mine, rememberedMs)) as [string, number] | null;
      return owner && parse(...owner);
    }
    const [earlier, leftMs] = await Promise.all([
      this.#redis.set(key, mine, 'PX', rememberedMs, 'NX', 'GET'),
      this.#redis.pttl(key),
    ]);
    return earlier === null ? null : parse(earlier, leftMs);
  }

  #redisKey(partition: number, userId: number, hash: string): string {
    const owner = this.#redis instanceof Cluster ? `${queueName(partition)}:${userId}` : userId;
    return `boxoffice:idempotency:${owner}:${hash}`;
  }
}

/** Compare and set: of two requests that take over the same key, one gets it. */
const takeOver = `
  local owner = redis.call('get', KEYS[1])
  if owner and string.sub(owner, 1, #ARGV[1]) ~= ARGV[1] then return {owner, redis.call('pttl', KEYS[1])} end
  redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return false`;

const releaseScript = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end`;

function parse(value: string, leftMs: number): KeyOwner {
  const [id = '', fingerprint = ''] = value.split(' ');
  return { id, fingerprint, ageMs: rememberedMs - leftMs };
}
