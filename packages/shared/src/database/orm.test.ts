import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from './orm.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

test('connections that die in mid-transaction free their slot in the pool', async () => {
  const poolSize = 2;
  const orm = await openDatabase({ url: database.url, role: 'boxoffice_gateway', poolSize });
  const killer = await openDatabase({ url: database.url });
  for (let death = 0; death <= poolSize; death++) {
    const dying = orm.em.transactional(async (em) => {
      const [row]: [{ pid: number }] = await em.execute('select pg_backend_pid() as pid');
      await killer.em.getConnection().execute('select pg_terminate_backend(?, 5000)', [row.pid]);
      await em.execute('select 1');
    });
    await expect(dying).rejects.toThrow();
  }
  await killer.close();
  expect(await orm.em.transactional((em) => em.execute('select 1 as one'))).toEqual([{ one: 1 }]);
  await orm.close();
});

/** A service's database by way of a proxy, with every connection of its pool open. */
async function openByProxy() {
  const poolSize = 3;
  const proxy = await TcpProxy.start(database.url);
  const orm = await openDatabase({ url: proxy.url, role: 'boxoffice_gateway', poolSize, statementTimeoutMs: 1_000 });
  onTestFinished(async () => {
    proxy.close();
    await orm.close();
  });
  const read = () => orm.em.getConnection().execute<{ pid: number }[]>('select pg_backend_pid() as pid');
  await Promise.all(Array.from({ length: poolSize }, () => orm.em.getConnection().execute('select pg_sleep(0.1)')));
  return { proxy, orm, read, poolSize };
}

test('a pool whose connections are all half-open recovers within 3 s', async () => {
  const { proxy, read, poolSize } = await openByProxy();
  proxy.silence();
  const silentSince = performance.now();
  // As many as the pool has connections: each finds out about one.
  const found = await Promise.allSettled(Array.from({ length: poolSize }, read));
  expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  for (let connection = 0; connection <= poolSize; connection++) expect(await read()).toHaveLength(1);
  expect(performance.now() - silentSince).toBeLessThan(3_000);
});

test('transactions on half-open connections free their slots in the pool', async () => {
  const { proxy, orm, poolSize } = await openByProxy();
  proxy.silence();
  const work = () => orm.em.transactional((em) => em.execute('select 1 as one'));
  const found = await Promise.allSettled(Array.from({ length: poolSize }, work));
  expect(found.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(await eventually(work, { timeoutMs: 3_000 })).toEqual([{ one: 1 }]);
});

test('a statement that takes too long does not cost its connection', async () => {
  const orm = await openDatabase({ url: database.url, poolSize: 1, statementTimeoutMs: 500 });
  onTestFinished(() => orm.close());
  const pid = () => orm.em.getConnection().execute('select pg_backend_pid() as pid');
  const before = await pid();
  await expect(orm.em.getConnection().execute('select pg_sleep(2)')).rejects.toThrow(/statement timeout/);
  expect(await pid()).toEqual(before);
});

test('closing does not wait in vain for a connection that is being opened', async () => {
  const orm = await openDatabase({ url: database.url });
  const pool: Pool = await orm.em.getConnection().getNativeClient();
  const reading = orm.em
    .getConnection()
    .execute('select 1')
    .catch((error: Error) => error);
  // Without giving up the event loop, so that the connection cannot be ready before the pool is closed.
  for (let turn = 0; pool.totalCount === 0 && turn < 1_000; turn++) await null;
  expect(pool.totalCount).toBe(1);
  await orm.close();
  expect(await reading).toBeInstanceOf(Error);
});
