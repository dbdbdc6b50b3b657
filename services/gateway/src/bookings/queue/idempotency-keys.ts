import type { Redis } from 'ioredis';

/** How long a key is remembered, in seconds. */
const rememberedSeconds = 24 * 60 * 60;

export interface KeyedRequest {
  userId: number;
  /** As the client sent it. */
  key: string;
  /** What the request asks for; the same key must not come with another. */
  fingerprint: string;
  /** The job's id, should the key be new. */
  id: string;
}

/** `new`: go ahead. `repeat`: the job `id` has this key. `mismatch`: the key came with another request. */
export type KeyClaim = { status: 'new' } | { status: 'repeat'; id: string } | { status: 'mismatch' };

/** Remembers which request an Idempotency-Key belongs to (draft-ietf-httpapi-idempotency-key-header). */
export class IdempotencyKeys {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Claims the keys of these requests in one round trip: the first request of a key wins, everywhere. */
  async claim(requests: readonly KeyedRequest[]): Promise<KeyClaim[]> {
    const earlier = await Promise.all(
      requests.map((request) =>
        this.#redis.set(redisKey(request), remembered(request), 'EX', rememberedSeconds, 'NX', 'GET'),
      ),
    );
    return requests.map((request, index) => {
      const value = earlier[index];
      if (!value) return { status: 'new' };
      const [id = '', fingerprint] = value.split(' ', 1).concat(value.slice(value.indexOf(' ') + 1));
      return fingerprint === request.fingerprint ? { status: 'repeat', id } : { status: 'mismatch' };
    });
  }

  /** Forgets a key whose job was never accepted, unless someone else has claimed it since. */
  async forget(request: KeyedRequest): Promise<void> {
    const deleteIfEqual = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end";
    await this.#redis.eval(deleteIfEqual, 1, redisKey(request), remembered(request));
  }
}

function redisKey({ userId, key }: KeyedRequest): string {
  return `boxoffice:idempotency:${userId}:${key}`;
}

function remembered({ id, fingerprint }: KeyedRequest): string {
  return `${id} ${fingerprint}`;
}
