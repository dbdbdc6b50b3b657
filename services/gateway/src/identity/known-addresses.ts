import type { RedisClient } from '@boxoffice/shared/service/redis';

const rememberedSeconds = 30 * 24 * 3_600;
const addressesPerAccount = 20;

/** From which addresses an account has logged in within the last 30 days; the latest few only, to bound memory. */
export class KnownAddresses {
  readonly #redis: RedisClient;

  /** @param redis never waits (openImpatientRedis) */
  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** While Redis is unavailable, no address is known. */
  async has(account: string, address: string): Promise<boolean> {
    const lastLogin = await this.#redis.zscore(key(account), address).catch(() => null);
    return lastLogin !== null && Number(lastLogin) > Date.now() - rememberedSeconds * 1_000;
  }

  async remember(account: string, address: string): Promise<void> {
    await this.#redis
      .multi()
      .zadd(key(account), Date.now(), address)
      .zremrangebyrank(key(account), 0, -addressesPerAccount - 1)
      .expire(key(account), rememberedSeconds)
      .exec();
  }
}

const key = (account: string) => `boxoffice:known-addresses:${account}`;
