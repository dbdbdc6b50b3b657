import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { book, type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

const seatNames = async (show: number) =>
  (await catalog.get(`/shows/${show}/seats`)).body.seats.map((seat) => seat.seat_number);

describe('a show on a screen', () => {
  it('has the name, the seats and the gaps of the screen', async () => {
    const screen_id = await catalog.addScreen({ name: 'Odeon' });
    const show = await catalog.addShow({ screen_id, prices: { standard: 900, premium: 1_200 }, currency: 'EUR' });
    expect((await catalog.get(`/shows/${show}`)).body).toMatchObject({
      ...{ screen_id, screen_name: 'Odeon', total_seats: 13, seats_per_row: 7, available_seats: 13 },
      ...{ payment: 'counter', prices: { standard: 900, premium: 1_200 }, currency: 'EUR' },
    });
    await book(catalog.worker.em.fork(), show, ['B1']);
    const { seats, available_seats } = (await catalog.get(`/shows/${show}/seats`)).body;
    expect(available_seats).toBe(12);
    // The aisle across the hall takes no label.
    const row = (name: string) => seats.filter((seat) => seat.row === name);
    expect(row('A').map((seat) => [seat.seat_number, seat.column])).toEqual([
      ['A1', 1],
      ['A2', 2],
      ['A3', 3],
      ['A4', 5],
      ['A5', 6],
      ['A6', 7],
    ]);
    expect(row('B')[0]).toEqual({
      ...{ seat_number: 'B1', row: 'B', number: 1, column: 2 },
      ...{ category: 'premium', accessible: false, price: 1_200, status: 'booked' },
    });
    expect(row('C').map((seat) => [seat.accessible, seat.category, seat.price])).toEqual([
      [true, 'standard', 900],
      [true, 'standard', 900],
    ]);
  });

  it('keeps its layout when the screen changes; later shows get the new one', async () => {
    const screen_id = await catalog.addScreen();
    const before = await catalog.addShow({ screen_id });
    const legend = { S: { category: 'standard' } };
    await catalog.send('PATCH', `/screens/${screen_id}`, { layout: ['SS'], legend });
    const after = await catalog.addShow({ screen_id, date_time: '2030-02-01T19:30:00Z' });
    expect(await seatNames(before)).toHaveLength(13);
    expect(await seatNames(after)).toEqual(['A1', 'A2']);
    // Even when the show is changed, or the same screen is named again.
    await catalog.send('PATCH', `/shows/${before}`, { screen_id, max_seats_per_user: 4 });
    expect(await seatNames(before)).toHaveLength(13);
  });

  it('has a different entity tag after every change of prices', async () => {
    const show = await catalog.addShow({ screen_id: await catalog.addScreen() });
    const tag = async () => (await catalog.get(`/shows/${show}/seats`)).headers.etag;
    const tags = [await tag()];
    for (const premium of [1, 2]) {
      await catalog.send('PATCH', `/shows/${show}`, { prices: { standard: 1, premium }, currency: 'EUR' });
      tags.push(await tag());
    }
    expect(new Set(tags).size).toBe(3);
  });

  it.each([
    ['a screen that does not exist', { screen_id: 2_147_483_647 }, 'screen_id'],
    ['seats of its own', { total_seats: 5 }, 'total_seats'],
    ['a name of its own', { screen_name: 'X' }, 'screen_name'],
    ['neither screen nor seats', { screen_id: null, screen_name: 'X' }, 'total_seats'],
    ['neither screen nor name', { screen_id: null, total_seats: 5 }, 'screen_name'],
  ])('is refused with %s', async (_, wrong, field) => {
    const show = { movie_id: await catalog.addMovie(), date_time: '2031-01-01T00:00:00Z' };
    const screen_id = await catalog.addScreen();
    const { statusCode, body } = await catalog.send('POST', '/shows', { ...show, screen_id, ...wrong });
    expect([statusCode, Object.keys(body.errors ?? {})]).toEqual([400, [field]]);
  });

  it('is moved to another screen, or to rows of its own, unless seats are held or booked', async () => {
    const em = catalog.worker.em.fork();
    const show = await catalog.addShow({ screen_id: await catalog.addScreen() });
    const legend = { S: { category: 'standard' } };
    const studio = await catalog.addScreen({ layout: ['SSS'], legend });
    const change = (fields: object) => catalog.send('PATCH', `/shows/${show}`, fields);
    expect((await change({ screen_id: studio })).body).toMatchObject({ screen_id: studio, total_seats: 3 });
    expect((await change({ screen_id: null })).body.errors).toHaveProperty('total_seats');
    expect((await change({ total_seats: 40 })).body.errors).toHaveProperty('total_seats');

    await book(em, show, ['A1'], '1 hour');
    for (const moved of [{ screen_id: await catalog.addScreen() }, { screen_id: null, total_seats: 40 }]) {
      expect((await change(moved)).body).toMatchObject({ code: 'has_bookings', detail: expect.stringContaining('A1') });
    }
    // A screen with the same layout moves no seat.
    const twin = await catalog.addScreen({ layout: ['SSS'], legend });
    expect((await change({ screen_id: twin })).statusCode).toBe(200);
    await em.execute('delete from booking.seat_claims where show_id = ?', [show]);
    expect((await change({ screen_id: null, total_seats: 40 })).body).toMatchObject({
      ...{ screen_id: null, total_seats: 40, seats_per_row: 10 },
    });
  });
});
