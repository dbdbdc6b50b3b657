import { randomUUID } from 'node:crypto';
import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { type OutboxKind, outboxVersion } from '@boxoffice/shared/outbox/outbox-kind';
import { createLogger } from '@boxoffice/shared/service/logging';
import { envelope } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis, type TestRedis } from '@boxoffice/testing/redis';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { idOf, useTurnDatabase } from '../test/turn-database.ts';
import { OutboxRelay } from './outbox-relay.ts';
import { BookingStore } from './store/booking-store.ts';

const database = useTurnDatabase();
const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });
let testRedis: TestRedis;
let redis: Redis;
let store: BookingStore;
let decide: (requests: BookingRequest[]) => Promise<Outcome[]>;
let relay: OutboxRelay;
let queue: Queue;

beforeAll(async () => {
  testRedis = await createTestRedis();
  redis = new Redis(testRedis.url, { maxRetriesPerRequest: null });
  queue = new Queue('{payments}', { connection: redis });
  store = new BookingStore(database.orm, { onOutbox: () => relay.wake() });
  const turns = database.newTurns(store);
  decide = (requests) => turns.decide(requests);
});
afterAll(async () => {
  await queue.close();
  redis.disconnect();
  await testRedis.drop();
});
beforeEach(async () => {
  relay = newRelay();
  await database.rows('delete from booking.outbox');
  await queue.obliterate({ force: true });
});
afterEach(() => relay.stop());

interface Options {
  deletes?: typeof store.deleteFromOutbox;
  kinds?: Record<string, OutboxKind<never>>;
  partitions?: number[];
}

function newRelay({ deletes, kinds, partitions = [0] }: Options = {}): OutboxRelay {
  return new OutboxRelay({
    ...{ redis, logger, partitionCount: () => (partitions.length === 1 ? 1 : 2), ...(kinds && { kinds }) },
    store: {
      readOutbox: (query) => store.readOutbox(query),
      deleteFromOutbox: deletes ?? ((rows) => store.deleteFromOutbox(rows)),
    },
    leases: () => partitions.map((partition) => ({ partition, session: database.session })),
  });
}

const outbox = () => database.rows<{ id: string; kind: string }>('select id, kind from booking.outbox order by seq');
const jobs = async () => (await queue.getJobs(['waiting'], 0, -1, true)).map(({ id, name }) => ({ id, name }));
const addRows = (show: number, count: number) =>
  database.rows(
    `insert into booking.outbox (show_id, kind, data) select ?, 'capture', json_build_object('booking_id', n)
     from generate_series(1, ?) as n`,
    [show, count],
  );

async function holdPriced(seats: string[]): Promise<{ show: number; held: string }> {
  const show = await database.addShow();
  await database.setRules(show, `payment = 'online', prices = '{"standard": 950}', currency = 'EUR'`);
  const requests = envelope(show, [{ hold: seats, user: 5 }]);
  await decide(requests);
  return { show, held: idOf(requests) };
}
const paid = (held: string, amount: number) => ({
  ...{ confirm: held, user: 5, payment: { id: randomUUID(), amount, currency: 'EUR' } },
});

describe('a turn', () => {
  test('writes its outbox, verdict and booking together, and repeats them when it runs again', async () => {
    const { show, held } = await holdPriced(['A1', 'A2']);
    const confirm = envelope(show, [paid(held, 1_900)]);
    const [outcome] = await decide(confirm);
    expect(outcome).toMatchObject({ status: 'succeeded', booking: { status: 'booked', paid_at: expect.any(String) } });
    expect(await decide(confirm)).toEqual([outcome]);
    const cancel = envelope(show, [{ cancel: held, user: 5 }]);
    expect(await decide(cancel)).toMatchObject([{ status: 'succeeded' }]);
    expect(await decide(envelope(show, [{ ...paid(held, 1_900) }]))).toMatchObject([{ status: 'rejected' }]);
    expect((await outbox()).map(({ kind }) => kind)).toEqual(['capture', 'refund', 'void']);
    const verdicts = 'select accepted, booking_id, problem from booking.payment_verdicts where show_id = ? order by 1';
    expect(await database.rows(verdicts, [show])).toMatchObject([
      { accepted: false, booking_id: held, problem: { code: 'hold_expired' } },
      { accepted: true, booking_id: held, problem: null },
    ]);
  });

  test('extends a hold and its claims when its payment begins', async () => {
    const { show, held } = await holdPriced(['A1', 'A2']);
    const before = await database.rows<{ expires_at: string }>('select expires_at from booking.bookings where id = ?', [
      held,
    ]);
    await decide(envelope(show, [{ checkout: held, user: 5, seconds: 3_600 }]));
    const [after] = await database.rows<Record<string, unknown>>(
      `select held_until, expires_at > now() + interval '59 minutes' as is_longer,
         (select array_agg(distinct claim.expires_at = bookings.expires_at) from booking.seat_claims as claim
           where claim.booking_id = bookings.id) as claims_too
       from booking.bookings where id = ?`,
      [held],
    );
    expect(after).toEqual({ held_until: before[0]?.expires_at, is_longer: true, claims_too: [true] });
  });

  test('asks nothing about payments, and writes nothing of them, for a show that is free', async () => {
    const show = await database.addShow();
    await decide(envelope(show, [{ seats: ['A1'] }, { hold: ['A2'] }]));
    expect(await outbox()).toEqual([]);
  });
});

test('the chores that end a cancelled show leave a refund for each booking that was paid online', async () => {
  const { show, held } = await holdPriced(['A1']);
  await decide(envelope(show, [paid(held, 950), { hold: ['A2'] }]));
  await database.rows('delete from booking.outbox');
  await database.setRules(show, "status = 'cancelled', cancelled_at = now()");
  const search = { partitionCount: 1, cancelledWithinSeconds: 600 };
  const lease = [{ partition: 0, session: database.session }];
  expect(await store.endBookings(lease, search)).toMatchObject({ shows: [show], ended: 2 });
  expect(await database.rows('select show_id, kind, data from booking.outbox')).toMatchObject([
    { show_id: show, kind: 'refund', data: { booking_id: held, payment_id: expect.any(String) } },
  ]);
});

describe('the relay', () => {
  test('moves rows into their queue, in order, under their ids, as soon as they are committed', async () => {
    relay.start();
    const { show, held } = await holdPriced(['A1']);
    await decide(envelope(show, [paid(held, 1), paid(held, 950)]));
    await eventually(async () => expect(await jobs()).toHaveLength(2));
    expect((await jobs()).map(({ name }) => name)).toEqual([`void · booking ${held}`, `capture · booking ${held}`]);
    await eventually(async () => expect(await outbox()).toEqual([]));
  });

  test('adds the same jobs again, and nothing else, after a crash between adding and removing', async () => {
    await addRows(1, 3);
    const rows = await outbox();
    const added = Promise.withResolvers<void>();
    const crashing = newRelay({
      deletes: async () => {
        added.resolve();
        throw new Error('crashed');
      },
    });
    crashing.start();
    await added.promise;
    await crashing.stop();
    expect((await outbox()).length).toBe(3);
    relay.start();
    await eventually(async () => expect(await outbox()).toEqual([]));
    expect((await jobs()).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });

  test('leaves the rows of partitions that others own', async () => {
    await addRows(2, 1);
    await addRows(3, 1);
    await relay.stop();
    relay = new OutboxRelay({
      ...{ redis, logger, partitionCount: () => 2, store },
      leases: () => [{ partition: 1, session: database.session }],
    });
    relay.start();
    await eventually(async () => expect(await jobs()).toHaveLength(1));
    await eventually(async () =>
      expect(await database.rows('select show_id from booking.outbox')).toEqual([{ show_id: 2 }]),
    );
  });

  test('keeps the version of the release that wrote a row', async () => {
    await database.rows(
      `insert into booking.outbox (show_id, kind, data)
       values (900001, 'capture', '{"booking_id": "old"}'), (900001, 'capture', '{"booking_id": "new", "version": 7}')`,
    );
    const { show, held } = await holdPriced(['A1']);
    await decide(envelope(show, [paid(held, 950)]));
    await database.setRules(show, "status = 'cancelled', cancelled_at = now()");
    const search = { partitionCount: 1, cancelledWithinSeconds: 600 };
    await store.endBookings([{ partition: 0, session: database.session }], search);
    const written = await database.rows<{ version: number }>(
      `select (data ->> 'version')::int as version from booking.outbox where show_id = ?`,
      [show],
    );
    expect(written.map(({ version }) => version)).toEqual([outboxVersion, outboxVersion]);
    relay.start();
    await eventually(async () => expect(await outbox()).toEqual([]));
    const versions = (await queue.getJobs(['waiting'], 0, -1, true)).map(({ data }) => data.version);
    expect(versions).toEqual([1, 7, outboxVersion, outboxVersion]);
  });

  test('relays kinds of any queue, and leaves those that only a newer version knows without waiting for them', async () => {
    await database.rows(`insert into booking.outbox (show_id, kind, data) values (1, 'newer', '{}')`);
    await database.rows(`insert into booking.outbox (show_id, kind, data) values (1, 'mail', '{"to": "ada"}')`);
    const mail: OutboxKind<{ to: string }> = { queue: '{mail}', title: ({ to }) => `to ${to}` };
    await relay.stop();
    relay = newRelay({ kinds: { mail: mail as OutboxKind<never> } });
    relay.start();
    const mails = new Queue('{mail}', { connection: redis });
    await eventually(async () => expect(await mails.getWaitingCount()).toBe(1));
    expect((await mails.getWaiting())[0]).toMatchObject({ name: 'to ada', data: { kind: 'mail', to: 'ada' } });
    await mails.close();
    await eventually(async () => expect((await outbox()).map(({ kind }) => kind)).toEqual(['newer']));
  });
});

test('a backlog of 100,000 rows makes a turn no slower, and finds its next rows by index', async () => {
  const { show, held } = await holdPriced(['A1']);
  const timed = async (request: Parameters<typeof envelope>[1][number]) => {
    const startedAt = performance.now();
    await decide(envelope(show, [request]));
    return performance.now() - startedAt;
  };
  const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
  const batch = async () => {
    const times: number[] = [];
    for (let n = 0; n < 15; n++) times.push(await timed(paid(held, 1)));
    return median(times);
  };
  const before = await batch();
  await addRows(show, 100_000);
  await database.rows('analyze booking.outbox');
  expect(await batch()).toBeLessThan(5 * before + 20);
  const [plan] = await database.rows<Record<string, unknown>>(
    `explain select * from booking.outbox
     where show_id % 1 = any(array[0]) and kind = any(array['capture', 'void', 'refund']) order by seq limit 200`,
  );
  expect(Object.values(plan ?? {}).join()).not.toContain('Sort');
  await database.rows('truncate booking.outbox');
});
