import { firstIdAt, newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { EnvelopeQueue } from '@boxoffice/shared/queue-layout';
import { createLogger } from '@boxoffice/shared/service/logging';
import { openPatientRedis } from '@boxoffice/shared/service/redis';
import { eventually } from '@boxoffice/testing/eventually';
import { createTestRedis } from '@boxoffice/testing/redis';
import { expect, it, onTestFinished } from 'vitest';
import { useTurnDatabase } from '../test/turn-database.ts';
import { Retention } from './retention.ts';
import { BookingStore } from './store/booking-store.ts';

const database = useTurnDatabase();
const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });
const oldestUnfinishedId = async () => null;
const hourMs = 60 * 60 * 1_000;

it('removes outcomes a day after their decision, in batches, and keeps younger ones', async () => {
  await database.rows(
    `insert into booking.requests (show_id, id, user_id, kind, status, decided_at)
     select n, case when n <= 1205 then ?::uuid else ?::uuid end, 1, 'cancel', 'rejected',
       now() - case when n <= 1200 then interval '25 hours' else interval '1 minute' end
     from generate_series(1, 1210) as n`,
    [firstIdAt(Date.now() - 25 * hourMs), firstIdAt(Date.now() - 23 * hourMs)],
  );
  const store = new BookingStore(database.orm);
  let isOurs = false;
  const retention = new Retention({ store, turns: { busy: false }, logger, isOurs: () => isOurs, oldestUnfinishedId });
  retention.start();
  await retention.stop();
  const left = async () => (await database.rows('select 1 from booking.requests')).length;
  expect(await left()).toBe(1_210);
  isOurs = true;
  const ours = new Retention({ store, turns: { busy: false }, logger, isOurs: () => isOurs, oldestUnfinishedId });
  ours.start();
  await eventually(async () => (await left()) === 10);
  await ours.stop();
});

it('keeps the outcome of an envelope that is not finished, however old it is', async () => {
  const server = await createTestRedis();
  const redis = openPatientRedis(server.url, logger);
  const queue = new EnvelopeQueue(3, redis);
  onTestFinished(async () => {
    await queue.close();
    redis.disconnect();
    await server.drop();
  });
  const micros = (hoursAgo: number) => BigInt(Date.now() - hoursAgo * hourMs) * 1_000n;
  const [finished, unfinished, behind] = [30, 28, 26].map((hoursAgo) => newEnvelopeId(3, micros(hoursAgo)));
  const ids = [finished, unfinished, behind].map((envelopeId) => requestId(envelopeId ?? '', 7, 0));
  for (const id of ids)
    await database.rows(
      `insert into booking.requests (show_id, id, user_id, kind, status, decided_at)
       values (7, ?, 1, 'cancel', 'rejected', now() - interval '25 hours')`,
      [id],
    );
  expect(await queue.oldestUnfinishedId()).toBeNull();
  for (const envelopeId of [behind, unfinished])
    await queue.add(envelopeId ?? '', { requests: [], reply_to: 'nobody' });
  const isOurs = () => true;
  const oldest = () => queue.oldestUnfinishedId();
  const store = new BookingStore(database.orm);
  const retention = new Retention({ store, turns: { busy: false }, logger, isOurs, oldestUnfinishedId: oldest });
  retention.start();
  const left = () => database.rows('select id from booking.requests where show_id = 7 order by id');
  await eventually(async () => (await left()).length < 3);
  await retention.stop();
  expect(await left()).toEqual(ids.slice(1).map((id) => ({ id })));
});

it('stops although Redis does not say what is unfinished', async () => {
  const store = new BookingStore(database.orm);
  const oldestUnfinishedId = () => new Promise<never>(() => undefined);
  const retention = new Retention({ store, turns: { busy: false }, logger, isOurs: () => true, oldestUnfinishedId });
  retention.start();
  await retention.stop();
});
