import type { RedisClient } from '@boxoffice/shared/service/redis';
import type { RateLimiterRedis } from 'rate-limiter-flexible';
import { limiter, waitMsOf } from './limiter.ts';

const windowSeconds = 60;
/** How long the limit's breaches are remembered, for the next wait to be longer. */
const breachesRememberedSeconds = 24 * 3_600;
const longestWaitSeconds = 15 * 60;

/**
 * How often a key may fail within a minute. A key that reaches the limit waits for a minute, and twice as
 * long each further time that day, up to a quarter of an hour.
 */
export class FailureLimit {
  readonly #limit: number;
  readonly #failures: RateLimiterRedis;
  readonly #breaches: RateLimiterRedis;

  constructor(redis: RedisClient, name: string, limit: number) {
    this.#limit = limit;
    this.#failures = limiter(redis, name, limit, windowSeconds);
    this.#breaches = limiter(redis, `${name}-breaches`, Number.MAX_SAFE_INTEGER, breachesRememberedSeconds);
  }

  /** How long this key has to wait, in milliseconds; 0 when it may try. */
  waitMs(key: string): Promise<number> {
    return waitMsOf(this.#failures, key);
  }

  /**
   * Counts a failure before it has happened, so that concurrent attempts get no more guesses than sequential ones.
   *
   * @returns whether it is the last that is allowed, and how long to wait, in milliseconds, when it is not allowed
   */
  async reserve(key: string): Promise<{ isLast: boolean; waitMs: number }> {
    const { consumedPoints, msBeforeNext } = await this.#failures.penalty(key);
    return { isLast: consumedPoints === this.#limit, waitMs: consumedPoints > this.#limit ? msBeforeNext : 0 };
  }

  /** Takes a reserved failure back. */
  async release(key: string): Promise<void> {
    await this.#failures.reward(key);
  }

  /** Counts a failure. */
  async count(key: string): Promise<void> {
    if ((await this.reserve(key)).isLast) await this.breach(key);
  }

  /** Starts the wait of a key whose last allowed attempt has failed. */
  async breach(key: string): Promise<void> {
    const { consumedPoints: breaches } = await this.#breaches.penalty(key);
    const seconds = Math.min(windowSeconds * 2 ** (breaches - 1), longestWaitSeconds);
    await this.#failures.block(key, seconds);
  }

  /** Forgets every failure of a key. */
  async forget(key: string): Promise<void> {
    await Promise.all([this.#failures.delete(key), this.#breaches.delete(key)]);
  }
}
