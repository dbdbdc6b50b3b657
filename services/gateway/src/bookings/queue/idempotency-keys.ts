import type { Redis } from 'ioredis';

/** How long a key is remembered, in seconds. */
const ttlSeconds = 24 * 60 * 60;

export interface KeyedRequest {
  userId: number;
  /** As the client sent it. */
  key: string;
  /** What is requested; the same key must not be used with another. */
  fingerprint: string;
  /** The request's own id, which the key belongs to if it is new. */
  id: string;
}

/** `repeat`: the key belongs to the request `id`, which asked for the same. `mismatch`: that one asked for something else. */
export type KeyClaim = { status: 'new' } | { status: 'repeat'; id: string } | { status: 'mismatch' };

/** Remembers which request an Idempotency-Key belongs to (draft-ietf-httpapi-idempotency-key-header). */
export class IdempotencyKeys {
  readonly #redis: Redis;

  constructor(redis: Redis) {
    this.#redis = redis;
  }

  /** Claims the keys of these requests in one round trip. The first request with a key gets it, on any gateway. */
  async claim(requests: readonly KeyedRequest[]): Promise<KeyClaim[]> {
    const earlier = await Promise.all(
      requests.map((request) => this.#redis.set(redisKey(request), serialize(request), 'EX', ttlSeconds, 'NX', 'GET')),
    );
    return requests.map((request, index) => {
      const value = earlier[index];
      if (!value) return { status: 'new' };
      const { id, fingerprint } = parse(value);
      return fingerprint === request.fingerprint ? { status: 'repeat', id } : { status: 'mismatch' };
    });
  }

  /** Releases the key of a request that was never accepted, unless another request has claimed it since. */
  async forget(request: KeyedRequest): Promise<void> {
    const deleteIfEqual = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end";
    await this.#redis.eval(deleteIfEqual, 1, redisKey(request), serialize(request));
  }
}

function redisKey({ userId, key }: KeyedRequest): string {
  return `boxoffice:idempotency:${userId}:${key}`;
}

/** The id, which contains no space, then the fingerprint, which may. */
function serialize({ id, fingerprint }: Pick<KeyedRequest, 'id' | 'fingerprint'>): string {
  return `${id} ${fingerprint}`;
}

function parse(value: string): Pick<KeyedRequest, 'id' | 'fingerprint'> {
  const space = value.indexOf(' ');
  return { id: value.slice(0, space), fingerprint: value.slice(space + 1) };
}
