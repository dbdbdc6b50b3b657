import { createLogger } from '@boxoffice/shared/service/logging';
import { openPatientRedis } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis } from '@boxoffice/testing/redis';
import { it } from 'vitest';
import { useTurnDatabase } from '../test/turn-database.ts';
import { buildWorker } from './worker.ts';

const database = useTurnDatabase();
const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });

it('hands its partitions over while a removal of expired outcomes is still in progress', async () => {
  const server = await createTestRedis();
  const redis = openPatientRedis(server.url, logger);
  const connection = database.admin.em.getConnection();
  const lock = await connection.begin();
  await connection.execute('lock table booking.requests', [], 'all', lock);
  const worker = buildWorker({ databaseUrl: database.url, logger, orm: database.orm, redis });
  worker.start(4);
  try {
    await eventually(() => worker.leases.held.has(0));
    await database.blocked(); // by the lock: the removal
    const stopping = worker.stop();
    await eventually(async () => (await leases()) === 0, { timeoutMs: 2_000 });
    await connection.commit(lock);
    await stopping;
  } finally {
    await connection.rollback(lock).catch(() => undefined);
    await worker.stop();
    await worker.http.close();
    redis.disconnect();
    await server.drop();
  }
});

async function leases(): Promise<number> {
  const rows = await database.rows(
    `select 1 from pg_locks where locktype = 'advisory' and classid = 7232
      and database = (select oid from pg_database where datname = current_database())`,
  );
  return rows.length;
}
