import { AllQueues } from '@boxoffice/shared/all-queues';
import { newEnvelopeId } from '@boxoffice/shared/booking-id';
import { ensurePartitioning, type Partitioning, readPartitioning } from '@boxoffice/shared/partitioning';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openImpatientRedis, type RedisClient } from '@boxoffice/shared/service/redis';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import pg from 'pg';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { repartition } from './repartition.ts';

let database: TestDatabase;
let server: TestRedis;
let clients: pg.Client[];
let connections: RedisClient[];
beforeEach(async () => {
  [database, server] = await Promise.all([createTestDatabase(), createTestRedis()]);
  [clients, connections] = [[], []];
  await ensurePartitioning(await connect(), 4);
});
afterEach(async () => {
  for (const redis of connections) redis.disconnect();
  await Promise.all(clients.map((client) => client.end()));
  await Promise.all([database.drop(), server.drop()]);
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  clients.push(client);
  await client.connect();
  return client;
}

async function openRedis(url = server.url): Promise<RedisClient> {
  const redis = openImpatientRedis(url, createLogger('repartition', { LOG_LEVEL: 'silent' }));
  connections.push(redis);
  await eventually(() => redis.status === 'ready');
  return redis;
}

/** Runs the command, with connections of its own. Resolves to its last line, or to the error that it ends with. */
async function run(partitions: number, { onLine = (_: string) => {}, redisUrl = server.url } = {}): Promise<string> {
  const [client, redis] = [await connect(), await openRedis(redisUrl)];
  let last = '';
  const say = (line: string) => {
    last = line;
    onLine(line);
  };
  return repartition({ client, redis, partitions, configured: 4, say }).then(
    () => last,
    (error: Error) => error.message,
  );
}

const current = async () => (await readPartitioning(clients[0] as pg.Client)) as Partitioning;
const expectOpen = async () =>
  expect(await new AllQueues(await openRedis()).greatestLeast()).toBeLessThanOrEqual((await current()).generation);

it('reports the number that applies when another command changes it at the same time', async () => {
  const gate = await connect();
  await gate.query('begin; select pg_advisory_xact_lock(7234)'); // under which rows are added
  const commands: Promise<string>[] = [];
  for (const partitions of [16, 8]) {
    const isDrained = Promise.withResolvers<void>();
    commands.push(run(partitions, { onLine: (line) => void (line.includes('is decided') && isDrained.resolve()) }));
    await isDrained.promise;
  }
  await gate.query('commit');
  const [first, second] = await Promise.all(commands);
  const { partitions } = await current();
  expect([first, second]).toEqual(
    partitions === 16
      ? [expect.stringContaining('There are 16 partitions now'), expect.stringContaining('there are 16 partitions')]
      : [expect.stringContaining('there are 8 partitions'), expect.stringContaining('There are 8 partitions now')],
  );
  await expectOpen();
});

it('puts everything back when it cannot close every queue', async () => {
  const admin = await openRedis();
  const fence = 'bull:{booking-2}:least';
  const keys = [
    '~boxoffice:*',
    '~bull:{booking-[^2]*',
    '~bull:{booking-2[^}]*',
    ...['wait', 'active', 'meta'].map((key) => `~bull:{booking-2}:${key}`),
  ];
  await admin.acl('SETUSER', 'confined', 'on', '>secret', 'resetkeys', ...keys, `%R~${fence}`, '+@all');
  const redisUrl = Object.assign(new URL(server.url), { username: 'confined', password: 'secret' }).href;
  const message = await run(16, { redisUrl }).finally(() => admin.acl('DELUSER', 'confined'));
  expect(message).toMatch(/There are 4 partitions, as before, and requests are accepted again/);
  expect([await admin.get(fence), await current()]).toEqual([null, { generation: 1, partitions: 4 }]);
  await expectOpen();
});

it('opens queues that ask for a generation that PostgreSQL has lost, and takes another', async () => {
  expect(await run(16)).toContain('There are 16 partitions now');
  await clients[0]?.query('delete from installation.partitionings where generation > 0');
  expect(await run(4)).toBe('There are 4 partitions.');
  expect(await current()).toEqual({ generation: 2, partitions: 4 });
  await expectOpen();
});

it.each([
  { partitions: 4, last: /^There are 4 partitions\.$/ },
  { partitions: 8, last: /did not drain in time\. There are 4 partitions, as before/ },
])(
  'does not open queues for $partitions partitions while they hold what a lost change has left behind',
  async ({ partitions, last }) => {
    expect(await run(16)).toContain('There are 16 partitions now');
    const leftBehind = new EnvelopeQueue(7, await openRedis());
    await leftBehind.add(newEnvelopeId(7), { requests: [], reply_to: 'nobody' }, 1);
    await clients[0]?.query('delete from installation.partitionings where generation > 0');
    const isWaiting = Promise.withResolvers<void>();
    const command = run(partitions, { onLine: (line) => void (/Waiting until/.test(line) && isWaiting.resolve()) });
    await Promise.race([isWaiting.promise, command]);
    expect(await current()).toEqual({ generation: 0, partitions: 4 });
    await leftBehind.bull.drain();
    await leftBehind.close();
    expect(await command).toMatch(last);
    expect(await current()).toEqual({ generation: 2, partitions: 4 });
    await expectOpen();
  },
);
