import { firstIdAt } from '@boxoffice/shared/booking-id';
import { createLogger } from '@boxoffice/shared/service/logging';
import { eventually } from '@boxoffice/testing/eventually';
import { expect, it } from 'vitest';
import { useTurnDatabase } from '../test/turn-database.ts';
import { Retention } from './retention.ts';
import { BookingStore } from './store/booking-store.ts';

const database = useTurnDatabase();
const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });
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
  const retention = new Retention({ store, turns: { busy: false }, logger, isOurs: () => isOurs });
  retention.start();
  await retention.stop();
  const left = async () => (await database.rows('select 1 from booking.requests')).length;
  expect(await left()).toBe(1_210);
  isOurs = true;
  const ours = new Retention({ store, turns: { busy: false }, logger, isOurs: () => isOurs });
  ours.start();
  await eventually(async () => (await left()) === 10);
  await ours.stop();
});
