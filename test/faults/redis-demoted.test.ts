import { type Boxoffice, startBoxoffice } from '@boxoffice/testing/boxoffice';
import { eventually } from '@boxoffice/testing/eventually';
import { type OwnServer, ownRedis } from '@boxoffice/testing/own-servers';
import { TcpProxy } from '@boxoffice/testing/tcp-proxy';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';

let boxoffice: Boxoffice;
/** The address that the services know. It follows the primary; connections that are open do not. */
let address: TcpProxy;
const servers: OwnServer[] = [];
const clients: Redis[] = [];
beforeAll(async () => {
  const first = await ownRedis();
  const other = await ownRedis();
  servers.push(first, other);
  address = await TcpProxy.start(first.url);
  boxoffice = await startBoxoffice({ env: { REDIS_URL: address.url } });
  clients.push(new Redis(first.url), new Redis(other.url));
  // The services know one password.
  await clients[1]?.config('SET', 'requirepass', new URL(first.url).password);
});
afterAll(async () => {
  for (const client of clients) client.disconnect();
  await boxoffice.stop();
  address.close();
  for (const server of servers) await server.drop();
});

it('leaves a Redis that was demoted to a replica, there and back, and loses nothing that was accepted', async () => {
  const show = await boxoffice.addShow({ totalSeats: 1_000 });
  const [first, second] = clients as [Redis, Redis];
  expect((await boxoffice.book(show, '1', { wait: 10 })).status).toBe(201);
  let seat = 2;
  for (const [primary, replica] of [
    [first, second],
    [second, first],
  ] as const) {
    await follow(replica, primary);
    const accepted: string[] = [];
    const bookNext = async () => {
      const response = await boxoffice.book(show, String(seat++));
      if (response.status === 202) accepted.push(response.body.id);
      else expect(response).toMatchObject({ status: 503, body: { code: 'queue_unavailable' } });
      return response.status === 202;
    };
    for (let number = 0; number < 20; number++) await bookNext();
    // Replication is asynchronous, and whatever the replica lacks would be lost. WAIT waits for its own connection's writes.
    await primary.set('written-last', '1');
    expect(await primary.wait(1, 10_000)).toBe(1);
    await replica.replicaof('NO', 'ONE');
    address.redirect(urlOf(replica));
    await follow(primary, replica);

    const demotedAt = performance.now();
    await eventually(bookNext, { timeoutMs: 5_000 });
    for (const id of accepted) expect((await boxoffice.outcome(id)).status).toBe('succeeded');
    expect((await boxoffice.book(show, String(seat++), { wait: 10 })).status).toBe(201);
    expect(performance.now() - demotedAt).toBeLessThan(10_000);
  }
});

async function follow(replica: Redis, primary: Redis): Promise<void> {
  await replica.config('SET', 'masterauth', clients[0]?.options.password ?? '');
  await replica.replicaof('127.0.0.1', primary.options.port ?? 0);
  await eventually(async () => (await replica.info('replication')).includes('master_link_status:up'));
}

function urlOf({ options }: Redis): string {
  return `redis://:${clients[0]?.options.password}@127.0.0.1:${options.port}`;
}
