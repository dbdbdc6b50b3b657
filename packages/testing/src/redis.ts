import { Redis } from 'ioredis';
import { inject } from 'vitest';
import { eventually } from './eventually.ts';
import { hasLeft } from './owner.ts';

/** A logical Redis database for one test file. */
export interface TestRedis {
  url: string;
  /** Empties the database and releases it. */
  drop(): Promise<void>;
}

/** A hash in database 0: which database is claimed by which test run. The others hold only test data. */
const claimsKey = 'boxoffice:test-databases';

/**
 * Claims an empty logical database (never number 0). A database that holds any other data is skipped, so that a
 * Redis in use loses nothing.
 *
 * @throws when no database is free within 20 s
 */
export async function createTestRedis({ url, owner } = inject('redis')): Promise<TestRedis> {
  const claims = new Redis(url, { db: 0 });
  try {
    const databases = await numberOfDatabases(claims);
    const number = await eventually(() => claim(claims, databases, owner), {
      timeoutMs: 20_000,
      intervalMs: 200,
    }).catch(() => {
      throw new Error(
        `Redis has no empty logical database for tests (1 to ${databases - 1} are in use or hold other data): ` +
          'empty one, or set REDIS_URL to another server.',
      );
    });
    const own = new URL(url);
    own.pathname = `/${number}`;
    return { url: own.href, drop: () => release(url, number) };
  } finally {
    claims.disconnect();
  }
}

/** Empties and releases the databases of test runs that were killed, and those that `owner` did not drop. */
export async function sweepTestRedis(url: string, owner: string): Promise<void> {
  const claims = new Redis(url, { db: 0 });
  try {
    for (const [number, holder] of Object.entries(await claims.hgetall(claimsKey))) {
      if (holder === owner || hasLeft(holder)) await release(url, Number(number));
    }
  } finally {
    claims.disconnect();
  }
}

async function claim(claims: Redis, databases: number, owner: string): Promise<number | null> {
  for (let number = 1; number < databases; number++) {
    if (!(await claims.hsetnx(claimsKey, String(number), owner))) continue;
    await claims.select(number);
    const keys = await claims.dbsize();
    await claims.select(0);
    if (keys === 0) return number;
    await claims.hdel(claimsKey, String(number)); // other data: leave it alone
  }
  return null;
}

async function release(url: string, number: number): Promise<void> {
  const redis = new Redis(url, { db: number });
  try {
    await redis.multi().flushdb().select(0).hdel(claimsKey, String(number)).exec();
  } finally {
    redis.disconnect();
  }
}

async function numberOfDatabases(redis: Redis): Promise<number> {
  const [, databases] = (await redis.config('GET', 'databases')) as [string, string];
  return Number(databases);
}
