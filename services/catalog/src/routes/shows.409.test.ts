import { showLockClass } from '@boxoffice/shared/database/show-lock';
import { execute } from '@boxoffice/testing/database';
import { eventually } from '@boxoffice/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { book, cancel, type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

describe('DELETE /internal/shows/:id', () => {
  it('is refused while the show has bookings, and says how many', async () => {
    const show = await catalog.addShow();
    const em = catalog.worker.em.fork();
    await book(em, show, ['A1', 'A2']);
    await book(em, show, ['A3']);
    const { statusCode, body } = await catalog.send('DELETE', `/shows/${show}`);
    expect(statusCode).toBe(409);
    expect(body).toMatchObject({
      code: 'has_bookings',
      detail: `Show ${show} has 2 bookings, cancelled ones included.`,
    });
    expect((await catalog.get(`/shows/${show}`)).statusCode).toBe(200);
  });

  it('is refused for a cancelled booking too', async () => {
    const show = await catalog.addShow();
    const em = catalog.worker.em.fork();
    await cancel(em, show, await book(em, show, ['A1']));
    expect((await catalog.send('DELETE', `/shows/${show}`)).body.code).toBe('has_bookings');
  });
});

it('a show whose bookings are archived can be read, but neither changed, cancelled nor deleted', async () => {
  const show = await catalog.addShow();
  const before = await catalog.get(`/shows/${show}`);
  await execute(catalog.databaseUrl, `update catalog.shows set archived_at = now() where id = ${show}`);
  const { movie_id, screen_name, total_seats } = before.body;
  const fields = { movie_id, screen_name, total_seats, date_time: '2099-01-01T20:00:00Z' };
  for (const { statusCode, body } of [
    await catalog.send('DELETE', `/shows/${show}`),
    await catalog.send('PATCH', `/shows/${show}`, { date_time: fields.date_time }),
    await catalog.send('PUT', `/shows/${show}`, fields),
    await catalog.send('POST', `/shows/${show}/cancel`, { reason: 'The projector failed' }),
  ])
    expect({ statusCode, code: body.code, detail: body.detail }).toEqual({
      ...{ statusCode: 409, code: 'has_bookings' },
      detail: `The bookings of show ${show} are archived: it cannot be changed.`,
    });
  expect((await catalog.get(`/shows/${show}`)).body).toEqual(before.body);
});

describe.each(['PATCH', 'PUT'] as const)('%s /internal/shows/:id', (method) => {
  /** The same change with either method. */
  async function change(show: number, fields: object) {
    if (method === 'PATCH') return catalog.send('PATCH', `/shows/${show}`, fields);
    const { movie_id, screen_name, date_time, total_seats, seats_per_row } = (await catalog.get(`/shows/${show}`)).body;
    return catalog.send('PUT', `/shows/${show}`, {
      movie_id,
      screen_name,
      date_time,
      total_seats,
      seats_per_row,
      ...fields,
    });
  }

  it('is refused if it would remove booked or held seats, and names them', async () => {
    const show = await catalog.addShow();
    const em = catalog.worker.em.fork();
    await book(em, show, ['A1', 'B8']);
    await book(em, show, ['B9', 'B10'], '1 hour');
    const { statusCode, body } = await change(show, { total_seats: 17 });
    expect(statusCode).toBe(409);
    expect(body).toMatchObject({
      code: 'has_bookings',
      detail: `2 bookings of show ${show} have seats that this would remove or move: B10, B8, B9.`,
    });
    expect((await catalog.get(`/shows/${show}`)).body.total_seats).toBe(20);
  });

  it('may remove seats down to the last one that is claimed', async () => {
    const show = await catalog.addShow();
    await book(catalog.worker.em.fork(), show, ['B7']);
    expect((await change(show, { total_seats: 16 })).body.detail).toContain('1 booking of');
    const { statusCode, body } = await change(show, { total_seats: 17 });
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({ total_seats: 17, available_seats: 16 });
  });

  it('ignores expired holds and cancelled bookings', async () => {
    const show = await catalog.addShow();
    const em = catalog.worker.em.fork();
    await book(em, show, ['B10'], '-1 second');
    await cancel(em, show, await book(em, show, ['B9']));
    expect((await change(show, { total_seats: 10, seats_per_row: 5 })).statusCode).toBe(200);
  });

  it('is refused if the rows of a booked show would change', async () => {
    const show = await catalog.addShow();
    await book(catalog.worker.em.fork(), show, ['A1']);
    const { statusCode, body } = await change(show, { seats_per_row: 20 });
    expect(statusCode).toBe(409);
    expect(body.code).toBe('has_bookings');
  });

  it('may add seats to a booked show, and change its time and screen', async () => {
    const show = await catalog.addShow();
    await book(catalog.worker.em.fork(), show, ['A1']);
    const fields = { total_seats: 25, screen_name: 'Screen 2', date_time: '2031-01-01T00:00:00.000Z' };
    const { statusCode, body } = await change(show, fields);
    expect(statusCode).toBe(200);
    expect(body).toMatchObject({ ...fields, available_seats: 24 });
  });

  it('names at most ten seats', async () => {
    const show = await catalog.addShow();
    const em = catalog.worker.em.fork();
    await book(
      em,
      show,
      Array.from({ length: 10 }, (_, index) => `A${index + 1}`),
    );
    await book(em, show, ['B1', 'B2']);
    expect((await change(show, { seats_per_row: 5 })).body.detail).toMatch(/A1, .* and 2 more\.$/);
  });
});

describe('a booking in progress', () => {
  const conflictingChanges = {
    'delete of the show': (show: number) => catalog.send('DELETE', `/shows/${show}`),
    'change that removes the seat': (show: number) => catalog.send('PATCH', `/shows/${show}`, { total_seats: 10 }),
    'change that moves the seat': (show: number) => catalog.send('PATCH', `/shows/${show}`, { seats_per_row: 4 }),
  };

  it.each(Object.entries(conflictingChanges))('is waited for, and then found, by a %s', async (_, makeChange) => {
    const show = await catalog.addShow();
    const booking = await beginBooking(show);
    const response = makeChange(show);
    await eventually(() => isWaitedFor(show));
    await booking.commit();
    expect((await response).body.code).toBe('has_bookings');
  });

  it.each(Object.entries(conflictingChanges))('does not prevent a %s once it is rolled back', async (_, makeChange) => {
    const show = await catalog.addShow();
    const booking = await beginBooking(show);
    const response = makeChange(show);
    await eventually(() => isWaitedFor(show));
    await booking.rollback();
    expect((await response).statusCode).toBeLessThan(300);
  });

  it('of another show is not waited for', async () => {
    const booking = await beginBooking(await catalog.addShow());
    expect((await catalog.send('DELETE', `/shows/${await catalog.addShow()}`)).statusCode).toBe(204);
    await booking.rollback();
  });

  /** Books B1 as the booking-worker does, except for the commit. */
  async function beginBooking(show: number) {
    const em = catalog.worker.em.fork();
    await em.begin();
    await em.execute('select pg_advisory_xact_lock_shared(?, ?)', [showLockClass, show]);
    await book(em, show, ['B1']);
    return em;
  }

  async function isWaitedFor(show: number): Promise<boolean> {
    const waiting = await catalog.worker.em
      .fork()
      .execute("select 1 from pg_locks where locktype = 'advisory' and classid = ? and objid = ? and not granted", [
        showLockClass,
        show,
      ]);
    return waiting.length > 0;
  }
});
