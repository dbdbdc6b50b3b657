import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Config } from '@boxoffice/shared/service/config';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { addressKey } from '../http/client-address.ts';

const windowSeconds = 60;

/** Many people share some addresses, so an address may fail this many times as often as a user name. */
const namesPerAddress = 10;

/**
 * How often one user name and one address may try to log in or sign up within a minute. The counters
 * are in Redis, shared by all gateways; while Redis is unavailable each gateway counts on its own.
 */
export class RateLimits {
  readonly #failuresByName: RateLimiterRedis;
  readonly #failuresByAddress: RateLimiterRedis;
  readonly #signUps: RateLimiterRedis;

  /** @param redis never waits (openImpatientRedis) */
  constructor(
    redis: Redis,
    config: Pick<Config, 'LOGIN_FAILURE_LIMIT_PER_MINUTE' | 'SIGNUP_LIMIT_PER_MINUTE' | 'NODE_ENV'>,
  ) {
    const failures = config.LOGIN_FAILURE_LIMIT_PER_MINUTE;
    const signUps = config.SIGNUP_LIMIT_PER_MINUTE ?? (config.NODE_ENV === 'production' ? 20 : 2_000);
    this.#failuresByName = limiter(redis, 'login-name', failures);
    this.#failuresByAddress = limiter(redis, 'login-address', failures * namesPerAddress);
    this.#signUps = limiter(redis, 'signup-address', signUps);
  }

  /** @throws {ProblemError} too_many_requests when this name or address has failed too often */
  async refuseAfterFailures(username: string, ip: string): Promise<void> {
    const counts = await Promise.all([
      this.#failuresByName.get(nameKey(username)),
      this.#failuresByAddress.get(addressKey(ip)),
    ]);
    const spent = counts.filter((count): count is RateLimiterRes => count !== null && count.remainingPoints <= 0);
    if (spent.length === 0) return;
    throw tooMany('Too many failed logins.', Math.max(...spent.map((count) => count.msBeforeNext)));
  }

  /** Counts a failed login for its user name and its address. */
  async countFailure(username: string, ip: string): Promise<void> {
    await Promise.all([
      this.#failuresByName.penalty(nameKey(username)),
      this.#failuresByAddress.penalty(addressKey(ip)),
    ]);
  }

  /** @throws {ProblemError} too_many_requests when too many sign-ups came from this address */
  async countSignUp(ip: string): Promise<void> {
    try {
      await this.#signUps.consume(addressKey(ip));
    } catch (error) {
      throw error instanceof RateLimiterRes
        ? tooMany('Too many sign-ups from your address.', error.msBeforeNext)
        : error;
    }
  }
}

function limiter(redis: Redis, name: string, points: number): RateLimiterRedis {
  const options = { keyPrefix: `boxoffice:limit:${name}`, points, duration: windowSeconds };
  return new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(options),
  });
}

function nameKey(username: string): string {
  return username.toLowerCase();
}

function tooMany(reason: string, waitMs: number): ProblemError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new ProblemError('too_many_requests', `${reason} Try again in ${retryAfterSeconds} seconds.`, {
    retryAfterSeconds,
  });
}
