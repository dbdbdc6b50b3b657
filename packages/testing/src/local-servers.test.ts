import { isAlive } from '@boxoffice/local-servers/processes';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, execute } from './database.ts';
import { type OwnServer, ownPostgres, ownRedis } from './own-servers.ts';
import { createTestRedis } from './redis.ts';

describe('PostgreSQL', () => {
  let server: OwnServer;
  beforeAll(async () => {
    server = await ownPostgres();
    await execute(server.url, 'create table notes (text text)');
  });
  afterAll(() => server.drop());

  const notes = () => execute<{ text: string }>(server.url, 'select text from notes order by text');
  const note = (text: string) => execute(server.url, `insert into notes values ('${text}')`);

  test('keeps what was committed when it is stopped, killed and frozen', async () => {
    await note('1 before a stop');
    await server.stop();
    await expect(notes()).rejects.toThrow();
    await server.restart();

    await note('2 before a kill');
    const { pid } = server;
    server.kill('SIGKILL');
    await server.restart();
    expect(server.pid).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);

    await note('3 before a freeze');
    server.kill('SIGSTOP');
    server.kill('SIGCONT');
    expect((await notes()).map(({ text }) => text)).toEqual([
      '1 before a stop',
      '2 before a kill',
      '3 before a freeze',
    ]);
  });

  test('an unexpected death is reported', async () => {
    const death = new Promise((resolve) => server.onDeath(resolve));
    process.kill(server.pid, 'SIGKILL');
    expect(await death).toBe('SIGKILL');
    await server.restart();
    expect(await notes()).not.toEqual([]);
  });
});

describe('Redis', () => {
  test('keeps what was accepted when it is stopped and killed', async () => {
    const server = await ownRedis();
    try {
      const write = async (value: string) => {
        const redis = new Redis(server.url);
        await redis.append('notes', value);
        redis.disconnect();
      };
      await write('a');
      await server.stop();
      await server.restart();
      await write('b');
      server.kill('SIGKILL');
      await server.restart();
      const redis = new Redis(server.url);
      expect(await redis.get('notes')).toBe('ab');
      expect(await redis.config('GET', 'appendfsync')).toEqual(['appendfsync', 'always']);
      expect(await redis.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      redis.disconnect();
    } finally {
      await server.drop();
    }
  });
});

describe('the servers of a test file', () => {
  test('databases are migrated and isolated from each other', async () => {
    const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    await execute(one.url, 'create table only_here ()');
    const found = await execute<{ table: string | null; booking: string | null }>(
      other.url,
      "select to_regclass('only_here') as table, to_regclass('booking.bookings') as booking",
    );
    expect(found).toEqual([{ table: null, booking: 'booking.bookings' }]);
    await Promise.all([one.drop(), other.drop()]);
    await expect(execute(one.url, 'select 1')).rejects.toThrow('does not exist');
  });

  test('Redis databases are empty and isolated from each other', async () => {
    const [one, other] = await Promise.all([createTestRedis(), createTestRedis()]);
    expect(one.url).not.toBe(other.url);
    const redis = new Redis(one.url);
    await redis.set('mine', '1');
    await other.drop();
    const third = await createTestRedis();
    expect(third.url).not.toBe(one.url);
    await Promise.all([one.drop(), third.drop()]);
    expect(await redis.exists('mine')).toBe(0);
    redis.disconnect();
  });

  test('a Redis database with other data is skipped', async () => {
    const server = await ownRedis();
    const first = new Redis(server.url, { db: 1 });
    await first.set('somebody', 'else');
    const given = await createTestRedis({ url: server.url, owner: 'this test' });
    expect(new URL(given.url).pathname).toBe('/2');
    await given.drop();
    expect(await first.get('somebody')).toBe('else');
    first.disconnect();
    await server.drop();
  });
});
