import type { RedisClient } from '@boxoffice/shared/service/redis';
import type { RateLimiterRedis } from 'rate-limiter-flexible';
import { addressKey, networkKey } from '../http/client-address.ts';
import { FailureLimit } from './failure-limit.ts';
import { limiter, waitMsOf } from './limiter.ts';

/** An IPv6 network may do this many times as much as one address in it: its holder has 65,536 of them. */
export const addressesPerNetwork = 10;

interface Scope {
  keyOf(ip: string): string;
  failures: FailureLimit;
  logins: RateLimiterRedis;
}

/** How often passwords may be tried from an address, and from an IPv6 /48, across all accounts. */
export class AddressLimits {
  readonly #address: Scope;
  readonly #network: Scope;

  constructor(
    redis: RedisClient,
    { failures, logins, windowSeconds }: Record<'failures' | 'logins' | 'windowSeconds', number>,
  ) {
    const scope = (name: string, keyOf: Scope['keyOf'], times: number): Scope => ({
      keyOf,
      failures: new FailureLimit(redis, `login-failures-${name}`, failures * times),
      logins: limiter(redis, `logins-${name}`, logins * times, windowSeconds),
    });
    this.#address = scope('address', addressKey, 1);
    this.#network = scope('network', networkKey, addressesPerNetwork);
  }

  /** How long this address has to wait, in milliseconds, because of failed logins and of all logins. */
  async waits(ip: string): Promise<{ failuresMs: number; loginsMs: number }> {
    const scopes = this.#scopesOf(ip);
    const [failures, logins] = await Promise.all([
      Promise.all(scopes.map(({ keyOf, failures }) => failures.waitMs(keyOf(ip)))),
      Promise.all(scopes.map(({ keyOf, logins }) => waitMsOf(logins, keyOf(ip)))),
    ]);
    return { failuresMs: Math.max(...failures), loginsMs: Math.max(...logins) };
  }

  async countLogin(ip: string): Promise<void> {
    await Promise.all(this.#scopesOf(ip).map(({ keyOf, logins }) => logins.penalty(keyOf(ip))));
  }

  async countFailure(ip: string): Promise<void> {
    await Promise.all(this.#scopesOf(ip).map(({ keyOf, failures }) => failures.count(keyOf(ip))));
  }

  #scopesOf(ip: string): Scope[] {
    return isInLargeNetwork(ip) ? [this.#address, this.#network] : [this.#address];
  }
}

/** Whether one holder has so many addresses that the network is limited too. */
export function isInLargeNetwork(ip: string): boolean {
  return networkKey(ip).endsWith('/48');
}
