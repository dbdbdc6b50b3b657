import { inspect } from 'node:util';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
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

test('errors say why each server was passed over, but no password, and leave no listeners', async () => {
  const { host } = new URL(database.url);
  const url = `postgres://u:secret@127.0.0.1:1,${host}/db`;
  const client = new PrimaryClient(connectTo(url));
  const listeners = () => client.connection.listenerCount('parameterStatus');
  const before = listeners();
  const error = await client.connect().catch((reason: Error) => reason);
  expect(error).toMatchObject({
    code: expect.stringMatching(/^28/),
    cause: { errors: [{ code: 'ECONNREFUSED' }, {}] },
  });
  expect(String(error)).toMatch(
    new RegExp(`none of 127.0.0.1:1,${host} is a primary \\(127.0.0.1:1: .*ECONNREFUSED.*; ${host}: .*"u"`),
  );
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain('secret');
  expect(listeners()).toBe(before);
});

test.each(['end', 'destroy'] as const)(
  'a client that is closed during the search (%s) leaves no connection',
  async (how) => {
    const proxies = [await TcpProxy.start(database.url), await TcpProxy.start(database.url)];
    onTestFinished(() => {
      for (const proxy of proxies) proxy.close();
    });
    const url = database.url.replace(/@[^/]*/, `@${proxies.map((proxy) => new URL(proxy.url).host)}`);
    const client = new PrimaryClient({ ...connectTo(url), application_name: `closed by ${how}` });
    const failure = client.connect().catch((error: Error) => error);
    await (how === 'end' ? client.end() : client.connection.stream.destroy());
    expect(await failure).toEqual(new Error('Connection terminated'));
    const observer = new PrimaryClient(connectTo(database.url));
    await observer.connect();
    const { rows } = await observer.query('select from pg_stat_activity where application_name = $1', [
      `closed by ${how}`,
    ]);
    await observer.end();
    expect(rows).toEqual([]);
  },
);
