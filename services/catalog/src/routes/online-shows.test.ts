import { afterAll, beforeAll, expect, test } from 'vitest';
import { type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
beforeAll(async () => {
  catalog = await startCatalog({ canPayOnline: true });
});
afterAll(() => catalog.stop());

test('a show can be paid for online once there is a provider, if it has prices', async () => {
  const movie_id = await catalog.addMovie();
  const show = { movie_id, screen_name: 'Screen 1', date_time: '2030-01-01T12:00:00Z', total_seats: 10 };
  const priced = { prices: { standard: 900 }, currency: 'EUR', payment: 'online' };
  const created = await catalog.send('POST', '/shows', { ...show, ...priced });
  expect([created.statusCode, created.body]).toMatchObject([201, { payment: 'online', prices: { standard: 900 } }]);
  const unpriced = await catalog.send('POST', '/shows', { ...show, payment: 'online' });
  expect([unpriced.statusCode, unpriced.body]).toMatchObject([
    400,
    { errors: { prices: [expect.stringContaining('required')] } },
  ]);
});
