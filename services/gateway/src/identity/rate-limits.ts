import type { Config } from '@boxoffice/shared/service/config';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import type { RateLimiterRedis } from 'rate-limiter-flexible';
import { addressKey, networkKey } from '../http/client-address.ts';
import { AddressLimits, addressesPerNetwork, isInLargeNetwork } from './address-limits.ts';
import { FailureLimit } from './failure-limit.ts';
import { KnownAddresses } from './known-addresses.ts';
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
 *
 * An account that has logged in from an address before passes the limits of that address: others who share it cannot
 * lock it out by failing there.
 */
export class RateLimits {
  readonly #failures: FailureLimit;
  readonly #attempts: RateLimiterRedis;
  readonly #addresses: AddressLimits;
  readonly #knownAddresses: KnownAddresses;
  readonly #signUps: RateLimiterRedis;
  readonly #signUpsByNetwork: RateLimiterRedis;

  /** @param redis never waits (openImpatientRedis) */
  constructor(
    redis: RedisClient,
    config: Pick<
      Config,
      'LOGIN_LIMIT_PER_MINUTE' | 'LOGIN_FAILURE_LIMIT_PER_MINUTE' | 'SIGNUP_LIMIT_PER_MINUTE' | 'NODE_ENV'
    >,
  ) {
    const { LOGIN_FAILURE_LIMIT_PER_MINUTE: failures, LOGIN_LIMIT_PER_MINUTE: logins } = config;
    const signUps = config.SIGNUP_LIMIT_PER_MINUTE ?? (config.NODE_ENV === 'production' ? 20 : 2_000);
    this.#failures = new FailureLimit(redis, 'login-failures', failures);
    this.#attempts = limiter(redis, 'logins', logins, windowSeconds);
    this.#addresses = new AddressLimits(redis, {
      failures: failures * usersPerAddress,
      logins: Math.max(logins * usersPerAddress, signUps), // everyone who has signed up logs in
      windowSeconds,
    });
    this.#knownAddresses = new KnownAddresses(redis);
    this.#signUps = limiter(redis, 'signup-address', signUps, windowSeconds);
    this.#signUpsByNetwork = limiter(redis, 'signup-network', signUps * addressesPerNetwork, windowSeconds);
  }

  /**
   * Admits an attempt and counts it as failed until it succeeds.
   *
   * @param account the key of the account that it is for (`Users.findForLogin`)
   * @throws {ProblemError} too_many_requests when this account has failed too often from this address, or the
   *   address has, or when either has logged in too often
   */
  async admitPassword(account: string, ip: string): Promise<PasswordAttempt> {
    const address = addressKey(ip);
    const pair = `${account}|${address}`;
    // In one round trip: while Redis hangs, each costs a second.
    const [reserved, loginWaitMs, waits, isKnown] = await Promise.all([
      this.#failures.reserve(pair),
      takePoint(this.#attempts, pair),
      this.#addresses.waits(ip),
      this.#knownAddresses.has(account, address),
    ]);
    const release = () => void this.#failures.release(pair).catch(() => undefined);
    const failuresMs = Math.max(reserved.waitMs, isKnown ? 0 : waits.failuresMs);
    const loginsMs = Math.max(loginWaitMs ?? 0, isKnown ? 0 : waits.loginsMs);
    if (failuresMs > 0 || loginsMs > 0) {
      if (reserved.waitMs === 0) release();
      throw failuresMs > 0
        ? tooMany('Too many logins that failed or ran at the same time.', failuresMs)
        : tooMany('Too many logins.', loginsMs);
    }
    // Not before: what is refused costs nothing, so it must not use up what others at this address have left.
    void this.#addresses.countLogin(ip).catch(() => undefined);
    return {
      // Not awaited: later commands on the connection come after it anyway.
      succeeded: () => {
        void this.#failures.forget(pair).catch(() => undefined);
        void this.#knownAddresses.remember(account, address).catch(() => undefined);
      },
      failed: async () => {
        await Promise.all([reserved.isLast && this.#failures.breach(pair), this.#addresses.countFailure(ip)]);
      },
      abandoned: release,
    };
  }

  /** @throws {ProblemError} too_many_requests when too many sign-ups came from this address */
  async countSignUp(ip: string): Promise<void> {
    const waits = await Promise.all([
      takePoint(this.#signUps, addressKey(ip)),
      isInLargeNetwork(ip) ? takePoint(this.#signUpsByNetwork, networkKey(ip)) : null,
    ]);
    const waitMs = Math.max(...waits.map((wait) => wait ?? 0));
    if (waitMs > 0) throw tooMany('Too many sign-ups from your address.', waitMs);
  }
}
