import { ScreenView } from '@boxoffice/shared/contracts/screens';
import { execute } from '@boxoffice/testing/database';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type StartedCatalog, smallHall, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

const counts = { total_seats: 13, categories: { standard: 8, premium: 5 } };

test('a screen is created, read, changed, replaced and deleted, and each is audited', async () => {
  const created = await catalog.send('POST', '/screens', { name: ' Grand Hall ', ...smallHall });
  expect(created.statusCode).toBe(201);
  const { id } = created.body;
  const screen = { id, name: 'Grand Hall', ...smallHall, ...counts };
  expect(created.body).toEqual(screen);
  expect((await catalog.get(`/screens/${id}`)).body).toEqual(screen);

  expect((await catalog.send('PATCH', `/screens/${id}`, { name: 'Great Hall' })).body).toEqual({
    ...screen,
    name: 'Great Hall',
  });
  const whole = { name: 'Studio', layout: ['XX'], legend: { X: { category: 'sofa' } } };
  const replaced = await catalog.send('PUT', `/screens/${id}`, whole);
  expect(replaced.body).toEqual({ id, ...whole, total_seats: 2, categories: { sofa: 2 } });
  expect((await catalog.send('DELETE', `/screens/${id}`)).statusCode).toBe(204);
  expect((await catalog.get(`/screens/${id}`)).body.code).toBe('screen_not_found');

  const lines = await execute<{ action: string }>(
    catalog.databaseUrl,
    `select action from catalog.audit_lines where subject = 'screen' and subject_id = '${id}' order by at, id`,
  );
  expect(lines.map((line) => line.action).sort()).toEqual(['change', 'change', 'create', 'delete']);
});

test('screens are listed by name, page by page', async () => {
  for (const name of ['Zeta', 'Alpha', 'Mu']) await catalog.addScreen({ name });
  const page = async (query: string) => (await catalog.get(`/screens?${query}`)).body;
  const all = await page('page_size=100');
  const names = all.results.map((screen) => screen.name);
  expect(names).toEqual([...names].sort());
  expect(names).toEqual(expect.arrayContaining(['Alpha', 'Mu', 'Zeta']));
  expect((await page('page=2&page_size=1')).results.map((screen) => screen.name)).toEqual([names[1]]);
  expect(all.count).toBe(names.length);
});

test('the name of a screen is unique, in any case', async () => {
  await catalog.addScreen({ name: 'Roxy' });
  const other = await catalog.addScreen();
  for (const { statusCode, body } of [
    await catalog.send('POST', '/screens', { name: 'ROXY', ...smallHall }),
    await catalog.send('PATCH', `/screens/${other}`, { name: 'roxy' }),
  ]) {
    expect([statusCode, body.code]).toEqual([409, 'screen_name_taken']);
  }
});

test('a category that was stored under the name of a property that every object has is one like any other', async () => {
  await execute(
    catalog.databaseUrl,
    `with layout as (
       insert into catalog.layouts (hash, rows, legend, total_seats)
       values ('\\x00', '{CC}', '{"C": {"category": "constructor"}}', 2) returning id)
     insert into catalog.screens (name, layout_id) select 'Building site', id from layout`,
  );
  const screen = (await catalog.get('/screens?page_size=100')).body.results.find(
    ({ name }) => name === 'Building site',
  );
  expect(screen).toMatchObject({ total_seats: 2, categories: { constructor: 2 } });
  // The gateway checks what it responds with.
  expect(ScreenView.safeParse(screen).error).toBeUndefined();
  const show = { movie_id: await catalog.addMovie(), screen_id: screen?.id, date_time: '2030-01-01T20:00:00Z' };
  const unpriced = await catalog.send('POST', '/shows', { ...show, prices: {}, currency: 'EUR' });
  expect(unpriced.body.errors).toEqual({ prices: ['The price of the category constructor is missing'] });
  const { id } = (await catalog.send('POST', '/shows', show)).body;
  // As a show was stored while no price was asked for.
  await execute(
    catalog.databaseUrl,
    `update catalog.shows set prices = '{}', currency = 'EUR', payment = 'counter' where id = ${id}`,
  );
  expect((await catalog.get(`/shows/${id}/seats`)).body.seats.map(({ price }) => price)).toEqual([0, 0]);
});

test('equal layouts are stored once, in whatever order their legends are written', async () => {
  const legend = Object.fromEntries(Object.entries(smallHall.legend).reverse());
  const ids = [await catalog.addScreen(), await catalog.addScreen({ legend })];
  const rows = await execute(
    catalog.databaseUrl,
    `select distinct layout_id from catalog.screens where id in (${ids.join()})`,
  );
  expect(rows).toHaveLength(1);
});

describe('a screen is refused', () => {
  const legend = { S: { category: 'standard' } };
  it.each([
    ['an unknown character', { layout: ['SS', 'S_X'] }, 'layout', 'Row 2, column 3: "X" is not in the legend'],
    ['no seat', { layout: ['___'] }, 'layout', 'The layout has no seat'],
    ['too many rows', { layout: Array(101).fill('S') }, 'layout', 'Too big: expected array to have <=100 items'],
    ['a row that is too wide', { layout: ['S'.repeat(201)] }, 'layout', 'Row 1 has more than 200 columns'],
    [
      'too many seats',
      { layout: Array(100).fill('S'.repeat(101)) },
      'layout',
      'The layout has 10100 seats; the most is 10000',
    ],
    ['an invalid category name', { legend: { S: { category: 'Front Row' } } }, 'legend.S.category', 'Must be 1 to 30'],
    [
      'a category with the name of a property that every object has',
      { legend: { S: { category: 'constructor' } } },
      'legend.S.category',
      'Must not be constructor, a name that JavaScript reserves',
    ],
    ['a gap in the legend', { legend: { ...legend, _: { category: 'a' } } }, 'legend._', 'Invalid key in record'],
    [
      'half a character',
      { legend: { ...legend, '\ud800': { category: 'a' } } },
      'legend.\ud800',
      'Invalid key in record',
    ],
  ])('for %s', async (_, wrong, field, message) => {
    const { statusCode, body } = await catalog.send('POST', '/screens', {
      name: 'Wrong',
      layout: ['SS'],
      legend,
      ...wrong,
    });
    expect(statusCode).toBe(400);
    expect(body.errors?.[field]?.[0]).toContain(message);
  });

  it('if only its layout or only its legend is to change', async () => {
    const id = await catalog.addScreen();
    expect((await catalog.send('PATCH', `/screens/${id}`, { layout: ['S'] })).body.errors).toHaveProperty('legend');
    expect((await catalog.send('PATCH', `/screens/${id}`, { legend })).body.errors).toHaveProperty('layout');
  });
});

test.each([
  ['GET', undefined],
  ['PATCH', { name: 'X' }],
  ['PUT', { name: 'X', ...smallHall }],
  ['DELETE', undefined],
] as const)('%s of a screen that does not exist is screen_not_found', async (method, fields) => {
  const path = '/screens/2147483647';
  const { statusCode, body } = method === 'GET' ? await catalog.get(path) : await catalog.send(method, path, fields);
  expect([statusCode, body.code]).toEqual([404, 'screen_not_found']);
});

test('a screen with shows cannot be deleted, and the message says how many', async () => {
  const screen_id = await catalog.addScreen();
  const show = await catalog.addShow({ screen_id });
  const { statusCode, body } = await catalog.send('DELETE', `/screens/${screen_id}`);
  expect(statusCode).toBe(409);
  expect(body).toMatchObject({
    code: 'has_shows',
    detail: `Screen ${screen_id} has 1 show, past ones included. Delete its shows first.`,
  });
  await catalog.send('DELETE', `/shows/${show}`);
  expect((await catalog.send('DELETE', `/screens/${screen_id}`)).statusCode).toBe(204);
});

test('a layout is served by its id; an unknown id is not_found', async () => {
  const show = await catalog.addShow({ screen_id: await catalog.addScreen() });
  const [facts] = (await catalog.get(`/show-facts?ids=${show}`)).body.results;
  const { layout: rows, legend } = smallHall;
  expect((await catalog.get(`/layouts/${facts?.layout_id}`)).body).toEqual({ rows, legend });
  expect((await catalog.get('/layouts/2147483647')).body.code).toBe('not_found');
});
