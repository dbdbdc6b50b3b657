import type { Config } from '@boxoffice/shared/service/config';
import type { Redis } from 'ioredis';
import type { RateLimiterRedis } from 'rate-limiter-flexible';
import { addressKey } from '../http/client-address.ts';
import { FailureLimit } from './failure-limit.ts';
import { limiter, takePoint, tooMany } from './limiter.ts';

const windowSeconds = 60;

/** Many people share some addresses, so an address may do this many times as much as one user on it. */
const usersPerAddress = 10;

/** One attempt to prove knowledge of a password; call one of its functions when the outcome is known. */
export interface PasswordAttempt {
  succeeded(): void;
  failed(): Promise<void>;
  /** The password was not checked. */
  abandoned(): void;
}

/**
 * How often passwords may be tried and accounts created. Failures count for an account and an address together,
 * and for the address: nobody can lock a user out anywhere but on an address they share. Guesses from
 * many addresses are slowed down on each. Logins that succeed are limited too, generously, because each costs a hash.
 */
export class RateLimits {
  readonly #failures: FailureLimit;
  readonly #failuresByAddress: FailureLimit;
  readonly #attempts: RateLimiterRedis;
  readonly #attemptsByAddress: RateLimiterRedis;
  readonly #signUps: RateLimiterRedis;

  /** @param redis never waits (openImpatientRedis) */
  constructor(
    redis: Redis,
    config: Pick<
      Config,
      'LOGIN_LIMIT_PER_MINUTE' | 'LOGIN_FAILURE_LIMIT_PER_MINUTE' | 'SIGNUP_LIMIT_PER_MINUTE' | 'NODE_ENV'
    >,
  ) {
    const { LOGIN_FAILURE_LIMIT_PER_MINUTE: failures, LOGIN_LIMIT_PER_MINUTE: logins } = config;
    const signUps = config.SIGNUP_LIMIT_PER_MINUTE ?? (config.NODE_ENV === 'production' ? 20 : 2_000);
    // Everyone who has signed up logs in.
    const loginsByAddress = Math.max(logins * usersPerAddress, signUps);
    this.#failures = new FailureLimit(redis, 'login-failures', failures);
    this.#failuresByAddress = new FailureLimit(redis, 'login-failures-address', failures * usersPerAddress);
    this.#attempts = limiter(redis, 'logins', logins, windowSeconds);
    this.#attemptsByAddress = limiter(redis, 'logins-address', loginsByAddress, windowSeconds);
    this.#signUps = limiter(redis, 'signup-address', signUps, windowSeconds);
  }

  /**
   * Admits an attempt and counts it as failed until it succeeds.
   *
   * @param account the key of the account that it is for (`Users.findByLogin`)
   * @throws {ProblemError} too_many_requests when this account has failed too often from this address, or the
   *   address has, or when either has logged in too often
   */
  async admitPassword(account: string, ip: string): Promise<PasswordAttempt> {
    const address = addressKey(ip);
    const pair = `${account}|${address}`;
    // In one round trip: while Redis hangs, each costs a second.
    const [reserved, failureWaitMs, loginWaitMs, addressWaitMs] = await Promise.all([
      this.#failures.reserve(pair),
      this.#failuresByAddress.waitMs(address),
      takePoint(this.#attempts, pair),
      takePoint(this.#attemptsByAddress, address),
    ]);
    const release = () => void this.#failures.release(pair).catch(() => undefined);
    const failuresMs = Math.max(reserved.waitMs, failureWaitMs);
    const loginsMs = Math.max(loginWaitMs ?? 0, addressWaitMs ?? 0);
    if (failuresMs > 0 || loginsMs > 0) {
      if (reserved.waitMs === 0) release();
      throw failuresMs > 0 ? tooMany('Too many failed logins.', failuresMs) : tooMany('Too many logins.', loginsMs);
    }
    return {
      // Not awaited: later commands on the connection come after it anyway.
      succeeded: () => void this.#failures.forget(pair).catch(() => undefined),
      failed: async () => {
        await Promise.all([reserved.isLast && this.#failures.breach(pair), this.#failuresByAddress.count(address)]);
      },
      abandoned: release,
    };
  }

  /** @throws {ProblemError} too_many_requests when too many sign-ups came from this address */
  async countSignUp(ip: string): Promise<void> {
    const waitMs = await takePoint(this.#signUps, addressKey(ip));
    if (waitMs !== null) throw tooMany('Too many sign-ups from your address.', waitMs);
  }
}
