import { isIPv6 } from 'node:net';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Config } from '@boxoffice/shared/service/config';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Parts } from '../parts.ts';

/** Counters per minute, in Redis for all gateways together; while Redis is away each gateway counts alone. */
export interface RateLimits {
  /** @throws {ProblemError} too_many_requests when this name or address has failed too often */
  refuseAfterFailures(username: string, ip: string): Promise<void>;
  /** Counts a failed login for its name and its address. */
  countFailure(username: string, ip: string): Promise<void>;
  /** @throws {ProblemError} too_many_requests when too many sign-ups came from this address */
  countSignUp(ip: string): Promise<void>;
}

const windowSeconds = 60;

/** One address may fail this many times as often as one user name: many people share some addresses. */
const namesPerAddress = 10;

const known = new WeakMap<Redis, RateLimits>();

/** The rate limits of this process: the same counters whoever of it asks. */
export function rateLimits({ redis, config }: Pick<Parts, 'redis' | 'config'>): RateLimits {
  const limits = known.get(redis) ?? create(redis, config);
  known.set(redis, limits);
  return limits;
}

function create(redis: Redis, config: Config): RateLimits {
  const limiter = (name: string, points: number) => {
    const options = { keyPrefix: `boxoffice:limit:${name}`, points, duration: windowSeconds };
    return new RateLimiterRedis({
      ...options,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(options),
    });
  };
  const failuresByName = limiter('login-name', config.LOGIN_FAILURE_LIMIT_PER_MINUTE);
  const failuresByAddress = limiter('login-address', config.LOGIN_FAILURE_LIMIT_PER_MINUTE * namesPerAddress);
  const signUps = limiter(
    'signup-address',
    config.SIGNUP_LIMIT_PER_MINUTE ?? (config.NODE_ENV === 'production' ? 20 : 2_000),
  );
  const nameKey = (username: string) => username.toLowerCase();

  return {
    async refuseAfterFailures(username, ip) {
      const counts = await Promise.all([failuresByName.get(nameKey(username)), failuresByAddress.get(addressKey(ip))]);
      const spent = counts.filter((count) => count !== null && count.remainingPoints <= 0) as RateLimiterRes[];
      if (spent.length > 0)
        throw tooMany('Too many failed logins.', Math.max(...spent.map((count) => count.msBeforeNext)));
    },
    async countFailure(username, ip) {
      await Promise.all([failuresByName.penalty(nameKey(username)), failuresByAddress.penalty(addressKey(ip))]);
    },
    async countSignUp(ip) {
      try {
        await signUps.consume(addressKey(ip));
      } catch (error) {
        throw error instanceof RateLimiterRes
          ? tooMany('Too many sign-ups from your address.', error.msBeforeNext)
          : error;
      }
    },
  };
}

function tooMany(what: string, waitMs: number): ProblemError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new ProblemError('too_many_requests', `${what} Try again in ${retryAfterSeconds} seconds.`, {
    retryAfterSeconds,
  });
}

/** What counts as one address: an IPv4 address, or the /64 that an IPv6 user has all of (RFC 6177). */
export function addressKey(ip: string): string {
  const v4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (v4 || !isIPv6(ip)) return v4 ?? ip;
  const [head = '', tail] = ip.split('%')[0]?.split('::') ?? [];
  const left = head.split(':').filter(Boolean);
  const right = tail?.split(':').filter(Boolean) ?? [];
  const groups =
    tail === undefined
      ? left
      : [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
