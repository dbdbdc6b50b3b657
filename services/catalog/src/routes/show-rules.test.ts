import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
let screen_id: number;
let movie_id: number;
let day = 0;
beforeAll(async () => {
  catalog = await startCatalog();
  screen_id = await catalog.addScreen();
  movie_id = await catalog.addMovie();
});
afterAll(() => catalog.stop());

const create = (rules: object) => {
  day++;
  const date_time = new Date(Date.UTC(2030, 0, day, 20)).toISOString();
  return catalog.send('POST', '/shows', { movie_id, screen_id, date_time, ...rules });
};
const prices = { standard: 900, premium: 1_250 };
const priced = { prices, currency: 'EUR' };

test('rules are stored, and a change of some of them keeps the others', async () => {
  const rules = {
    ...{ ...priced, sales_open_at: '2029-12-01T10:00:00+01:00', sales_close_at: '2030-01-01T10:00:00Z' },
    ...{ max_seats_per_user: 6, forbid_single_seats: true },
  };
  const { statusCode, body } = await create(rules);
  expect(statusCode).toBe(201);
  const stored = {
    ...rules,
    payment: 'counter',
    sales_open_at: '2029-12-01T09:00:00.000Z',
    sales_close_at: '2030-01-01T10:00:00.000Z',
  };
  expect(body).toMatchObject(stored);
  const change = async (fields: object) => (await catalog.send('PATCH', `/shows/${body.id}`, fields)).body;
  expect(await change({ prices: { standard: 0, premium: 1 } })).toMatchObject({
    ...stored,
    prices: { standard: 0, premium: 1 },
  });
  expect(await change({ max_seats_per_user: null, forbid_single_seats: false })).toMatchObject({
    ...{ max_seats_per_user: null, forbid_single_seats: false, currency: 'EUR', payment: 'counter' },
  });
  expect(await change({ date_time: '2031-06-01T20:00:00Z' })).toMatchObject({ sales_open_at: stored.sales_open_at });
  // Without prices a show is free and has no currency.
  expect(await change({ prices: null })).toMatchObject({ prices: null, currency: null, payment: 'free' });
  expect(await change(priced)).toMatchObject({ ...priced, payment: 'counter' });
});

test('replacing a show resets the rules that the request leaves out', async () => {
  const { body } = await create({ ...priced, max_seats_per_user: 2 });
  const { date_time } = body;
  const replaced = await catalog.send('PUT', `/shows/${body.id}`, { movie_id, screen_id, date_time });
  expect(replaced.body).toMatchObject({ prices: null, payment: 'free', max_seats_per_user: null });
});

test('a show with rows of its own has seats of the category standard', async () => {
  const own = { screen_id: undefined, screen_name: 'Tent', total_seats: 10 };
  expect((await create({ ...own, prices: { standard: 500 }, currency: 'JPY' })).body).toMatchObject({
    payment: 'counter',
  });
  expect((await create({ ...own, ...priced })).body.errors).toHaveProperty('prices');
});

test('the shows of a run have the same rules', async () => {
  const run = { dates: ['2032-01-01', '2032-01-02'], times: ['20:00'], time_zone: 'UTC' };
  const { body } = await catalog.send('POST', `/movies/${movie_id}/shows/run`, { screen_id, ...run, ...priced });
  expect(body.results.map((show) => [show.payment, show.prices])).toEqual(Array(2).fill(['counter', prices]));
});

describe('400', () => {
  test.each([
    [
      'a category that no seat has',
      { ...priced, prices: { ...prices, sofa: 1 } },
      { prices: ['No seat has the category sofa; the hall has standard, premium'] },
    ],
    [
      'a category without a price',
      { ...priced, prices: { standard: 1 } },
      { prices: ['The price of the category premium is missing'] },
    ],
    ['prices without a currency', { prices }, { currency: ['Is required with prices'] }],
    ['a currency without prices', { currency: 'EUR' }, { currency: ['Must be left out without prices'] }],
    [
      'a currency that does not exist',
      { prices, currency: 'ABC' },
      { currency: [expect.stringContaining('ISO 4217')] },
    ],
    ['a free show with prices', { ...priced, payment: 'free' }, { payment: ['A show with prices is not free'] }],
    [
      'payment at the counter without prices',
      { payment: 'counter' },
      { prices: ['Are required when payment is counter'] },
    ],
    [
      'payment online, for which there is no provider',
      { ...priced, payment: 'online' },
      { payment: [expect.stringContaining('no payment provider')] },
    ],
    ['half a cent', { ...priced, prices: { ...prices, standard: 0.5 } }, { 'prices.standard': [expect.anything()] }],
    [
      'a negative price',
      { ...priced, prices: { ...prices, standard: -1 } },
      { 'prices.standard': [expect.anything()] },
    ],
    [
      'sales that close before they open',
      { sales_open_at: '2030-01-01T10:00:00Z', sales_close_at: '2030-01-01T10:00:00Z' },
      { sales_close_at: ['Must be after sales_open_at'] },
    ],
    ['a limit of no seat', { max_seats_per_user: 0 }, { max_seats_per_user: [expect.anything()] }],
  ])('for %s', async (_, rules, errors) => {
    const { statusCode, body } = await create(rules);
    expect([statusCode, body.code, body.errors]).toEqual([400, 'validation_failed', errors]);
  });

  test('for a change that does not fit the rules that stay', async () => {
    const { id } = (await create({ ...priced, sales_close_at: '2030-01-01T10:00:00Z' })).body;
    const change = async (fields: object) => (await catalog.send('PATCH', `/shows/${id}`, fields)).body.errors;
    expect(await change({ sales_open_at: '2030-01-02T10:00:00Z' })).toHaveProperty('sales_close_at');
    expect(await change({ currency: null })).toHaveProperty('currency');
    expect(await change({ payment: 'free' })).toHaveProperty('payment');
    expect(await change({ screen_id: null, screen_name: 'Tent', total_seats: 5 })).toHaveProperty('prices');
  });
});
