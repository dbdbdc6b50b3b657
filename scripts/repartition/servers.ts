import { once } from 'node:events';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { connectTo } from '@boxoffice/shared/database/database-hosts';
import { isDatabaseAway, sqlState } from '@boxoffice/shared/database/errors';
import { PrimaryClient } from '@boxoffice/shared/database/primary-client';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, type RedisClient } from '@boxoffice/shared/service/redis';
import type pg from 'pg';

const undefinedTable = '42P01';
const connectWithinMs = 5_000;
/** Time limits in milliseconds: new requests are refused meanwhile. */
const settings = { lock_timeout: 600, statement_timeout: 700, idle_in_transaction_session_timeout: 2_000 };

/**
 * Connects to PostgreSQL, as the URL's user, and to Redis; disconnects afterwards.
 *
 * @throws {PlainError} when one of them does not respond
 */
export async function withServers(
  { databaseUrl, redisUrl }: { databaseUrl: string; redisUrl: string },
  work: (servers: { client: pg.Client; redis: RedisClient }) => Promise<void>,
): Promise<void> {
  const redis = openImpatientRedis(redisUrl, createLogger('repartition', { LOG_LEVEL: 'silent' }));
  const client = new PrimaryClient({
    ...connectTo(databaseUrl),
    application_name: 'boxoffice repartition',
    connectionTimeoutMillis: connectWithinMs,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  });
  client.on('error', () => undefined); // the next query rejects and says why
  try {
    if (redis.status !== 'ready')
      await once(redis, 'ready', { signal: AbortSignal.timeout(connectWithinMs) }).catch(() => {
        throw new PlainError('Redis does not respond.');
      });
    await client.connect();
    await work({ client, redis });
  } catch (error) {
    if (sqlState(error) === undefinedTable)
      throw new PlainError('The database has the schema of an earlier release: run `pnpm migrate`.');
    if (isDatabaseAway(error)) throw new PlainError(`The database does not respond: ${(error as Error).message}`);
    throw error;
  } finally {
    redis.disconnect();
    await client.end().catch(() => undefined);
  }
}
