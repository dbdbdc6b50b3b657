import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/**
 * A counter per key in Redis, shared by all gateways; while Redis is unavailable each gateway counts on its own.
 *
 * @param redis never waits (openImpatientRedis)
 */
export function limiter(redis: RedisClient, name: string, points: number, windowSeconds: number): RateLimiterRedis {
  const options = { keyPrefix: `boxoffice:limit:${name}`, points, duration: windowSeconds };
  return new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(options),
  });
}

/**
 * Takes a point. Returns null, or how long to wait in milliseconds when none is left.
 *
 * @throws only what is not a refusal
 */
export async function takePoint(limiter: RateLimiterRedis, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (error) {
    if (error instanceof RateLimiterRes) return error.msBeforeNext;
    throw error;
  }
}

/** How long a key has to wait, in milliseconds, because no point is left; 0 when there is one. */
export async function waitMsOf(limiter: RateLimiterRedis, key: string): Promise<number> {
  const count = await limiter.get(key);
  return count !== null && count.remainingPoints <= 0 ? count.msBeforeNext : 0;
}

export function tooMany(reason: string, waitMs: number): ProblemError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new ProblemError('too_many_requests', `${reason} Try again in ${retryAfterSeconds} seconds.`, {
    retryAfterSeconds,
  });
}
