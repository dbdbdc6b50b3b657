import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { book, cancel, type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

/** What is the same for every seat of a show without a screen and without prices. */
const free = { category: 'standard', accessible: false, price: 0 };

describe('GET /internal/shows/:id/seats 200', () => {
  it('lists every seat in the order of the hall, with its status', async () => {
    const show = await catalog.addShow({ total_seats: 5, seats_per_row: 3 });
    const em = catalog.worker.em.fork();
    await book(em, show, ['A2']);
    await book(em, show, ['B1'], '1 hour');
    await book(em, show, ['B2'], '-1 second');
    const { statusCode, headers, body } = await catalog.get(`/shows/${show}/seats`);
    expect(statusCode).toBe(200);
    expect(headers.etag).toMatch(/^"[\w-]{22}"$/);
    expect(body).toEqual({
      show_id: show,
      total_seats: 5,
      seats_per_row: 3,
      available_seats: 3,
      seats: [
        { seat_number: 'A1', row: 'A', number: 1, column: 1, ...free, status: 'available' },
        { seat_number: 'A2', row: 'A', number: 2, column: 2, ...free, status: 'booked' },
        { seat_number: 'A3', row: 'A', number: 3, column: 3, ...free, status: 'available' },
        { seat_number: 'B1', row: 'B', number: 1, column: 1, ...free, status: 'held' },
        { seat_number: 'B2', row: 'B', number: 2, column: 2, ...free, status: 'available' },
      ],
    });
  });

  it('is complete for the largest possible hall', async () => {
    const show = await catalog.addShow({ total_seats: 10_000, seats_per_row: 10 });
    const { body } = await catalog.get(`/shows/${show}/seats`);
    expect(new Set(body.seats.map((seat) => seat.seat_number)).size).toBe(10_000);
    expect(body.seats.at(-1)).toEqual({
      ...{ seat_number: 'ALL10', row: 'ALL', number: 10, column: 10 },
      ...free,
      status: 'available',
    });
  });

  it('has a different entity tag after every change of the map', async () => {
    const show = await catalog.addShow();
    const em = catalog.worker.em.fork();
    const tags = [await tagOf(show)];
    await book(em, show, ['A1'], '1 hour');
    tags.push(await tagOf(show));
    await em.execute('delete from booking.seat_claims where show_id = ?', [show]);
    const booking = await book(em, show, ['A1']);
    tags.push(await tagOf(show));
    await catalog.send('PATCH', `/shows/${show}`, { total_seats: 21 });
    tags.push(await tagOf(show));
    await cancel(em, show, booking);
    tags.push(await tagOf(show));
    expect(new Set(tags).size).toBe(tags.length);
  });

  it('has the same entity tag once the map is the same again', async () => {
    const show = await catalog.addShow();
    const em = catalog.worker.em.fork();
    const before = await tagOf(show);
    await cancel(em, show, await book(em, show, ['A1']));
    await book(em, show, ['A2'], '-1 second');
    await catalog.send('PATCH', `/shows/${show}`, { screen_name: 'Screen 2' });
    expect(await tagOf(show)).toBe(before);
  });

  it('is sent to a client that has a different one', async () => {
    const show = await catalog.addShow();
    const tag = await tagOf(show);
    await book(catalog.worker.em.fork(), show, ['A1']);
    const { statusCode, body } = await catalog.get(`/shows/${show}/seats`, { 'if-none-match': tag });
    expect(statusCode).toBe(200);
    expect(body.seats[0]?.status).toBe('booked');
  });
});

describe('GET /internal/shows/:id/seats 304', () => {
  it.each([
    ['the tag', (tag: string) => tag],
    ['the tag in a list', (tag: string) => `"other", ${tag}`],
    ['the tag, weak', (tag: string) => `W/${tag}`],
    ['any tag', () => '*'],
  ])('sends only the tag to a client that has the map: %s', async (_, header) => {
    const show = await catalog.addShow();
    await book(catalog.worker.em.fork(), show, ['A1']);
    const tag = await tagOf(show);
    const { statusCode, headers, body } = await catalog.get(`/shows/${show}/seats`, { 'if-none-match': header(tag) });
    expect(statusCode).toBe(304);
    expect(headers.etag).toBe(tag);
    expect(body).toBeNull();
  });
});

async function tagOf(show: number): Promise<string> {
  return String((await catalog.get(`/shows/${show}/seats`)).headers.etag);
}
