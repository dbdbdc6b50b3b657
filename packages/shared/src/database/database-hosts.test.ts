import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTo } from './database-hosts.ts';
import { openDatabase, pingDatabase } from './orm.ts';
import { PrimaryClient } from './primary-client.ts';
import { serviceUrl } from './service-roles.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const clientOf = ({ hosts, ...config }: ReturnType<typeof connectTo>) => {
  const { host, port, user, password, database } = new pg.Client(config);
  return { host, port, user, password, database, hosts };
};

test.each([
  ['postgres://u:p%2C%40x@[::1]:5432,[::2]/db', 'p,@x', '::1', ['[::1]:5432', '[::2]']],
  ['postgres://u:a@b,c@one,two:6/db?target_session_attrs=read-write', 'a@b,c', 'one', ['one', 'two:6']],
  ['postgres://u:a,b@one/db', 'a,b', 'one', undefined],
  ['postgres://u:p@[::1]/db?options=-c%20work_mem%3D1', 'p', '::1', undefined],
])('%s is read as its password, its first server and its servers', (url, password, host, hosts) => {
  const port = 5432;
  expect(clientOf(connectTo(url))).toEqual({ host, port, user: 'u', password, database: 'db', hosts });
  expect(connectTo(url).connectionString).not.toContain('options');
  expect(connectTo(serviceUrl(url, 'boxoffice_gateway')).hosts).toEqual(hosts);
});

test('a URL that asks for TLS never connects without it, whether it names one server or several', async () => {
  for (const hosts of ['$1', '$1,$1']) {
    const url = `${database.url.replace(/@([^/]*)/, `@${hosts}`)}?sslmode=no-verify`;
    const orm = await openDatabase({ url, poolSize: 1 });
    await expect(pingDatabase(orm)).rejects.toThrow(/does not support SSL|none of .* is a primary/);
    await orm.close();
  }
});

test('errors name servers, but no password, and leave no listeners', async () => {
  const url = 'postgres://u:secret@127.0.0.1:1,127.0.0.1:2/db';
  const client = new PrimaryClient(connectTo(url));
  const listeners = () => client.connection.listenerCount('parameterStatus');
  const before = listeners();
  const error = await client.connect().catch((reason: Error) => reason);
  expect(String(error)).toMatch(/none of 127.0.0.1:1,127.0.0.1:2 is a primary/);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret');
  expect(listeners()).toBe(before);
});
