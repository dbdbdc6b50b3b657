import { execute } from '@boxoffice/testing/database';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

describe('a screen shows one movie at a time', () => {
  // The movie lasts 118 minutes, and 15 more to clean up: the next show may start at 21:43.
  let screen_id: number;
  let movie_id: number;
  let evening: number;
  beforeAll(async () => {
    screen_id = await catalog.addScreen();
    movie_id = await catalog.addMovie();
    evening = await catalog.addShow({ movie_id, screen_id, date_time: '2030-03-01T19:30:00Z' });
  });
  const create = (date_time: string) => catalog.send('POST', '/shows', { movie_id, screen_id, date_time });

  it.each(['2030-03-01T19:30:00Z', '2030-03-01T21:42:59Z', '2030-03-01T17:17:01Z'])(
    '409 for a show at %s, which names the other',
    async (date_time) => {
      const { statusCode, body } = await create(date_time);
      expect([statusCode, body.code]).toEqual([409, 'screen_busy']);
      expect(body.detail).toContain(
        `clashes with show ${evening}, which needs the screen from 2030-03-01T19:30:00.000Z`,
      );
      expect(body.errors?.date_time).toHaveLength(1);
    },
  );

  it('shows may follow each other as soon as the hall is ready', async () => {
    for (const date_time of ['2030-03-01T21:43:00Z', '2030-03-01T17:17:00Z']) {
      expect((await create(date_time)).statusCode).toBe(201);
    }
  });

  it('a show that is moved does not clash with itself, but with others', async () => {
    const show = (await create('2030-03-02T12:00:00Z')).body.id;
    const move = (date_time: string) => catalog.send('PATCH', `/shows/${show}`, { date_time });
    expect((await move('2030-03-02T12:10:00Z')).statusCode).toBe(200);
    expect((await move('2030-03-01T20:00:00Z')).body.code).toBe('screen_busy');
    const longer = await catalog.send('POST', '/movies', { title: 'Long', duration_minutes: 200 });
    await create('2030-03-02T14:23:00Z');
    const swapped = await catalog.send('PATCH', `/shows/${show}`, { movie_id: longer.body.id });
    expect(swapped.body.code).toBe('screen_busy');
  });

  it('shows on other screens, without a screen, or cancelled do not clash', async () => {
    const date_time = '2030-03-03T12:00:00Z';
    const show = (await create(date_time)).body.id;
    await catalog.addShow({ screen_id: await catalog.addScreen(), date_time });
    await catalog.addShow({ date_time });
    expect((await create(date_time)).body.code).toBe('screen_busy');
    await catalog.send('POST', `/shows/${show}/cancel`, { reason: 'no power' });
    expect((await create(date_time)).statusCode).toBe(201);
  });

  it('a run reports every clash, also those of its own shows, and creates nothing', async () => {
    const before = (await catalog.get(`/shows?movie_id=${movie_id}`)).body.count;
    const run = (dates: string[], times: string[]) =>
      catalog.send('POST', `/movies/${movie_id}/shows/run`, { screen_id, dates, times, time_zone: 'UTC' });
    const { statusCode, body } = await run(['2030-03-01', '2030-03-03', '2030-03-04'], ['12:30', '19:00']);
    expect([statusCode, body.code]).toEqual([409, 'screen_busy']);
    expect(body.errors?.date_time?.map((message) => message.slice(0, 24))).toEqual([
      '2030-03-01T19:00:00.000Z',
      '2030-03-01T19:00:00.000Z',
      '2030-03-03T12:30:00.000Z',
    ]);
    const own = await run(['2030-03-05'], ['12:00', '13:00']);
    expect(own.body.errors?.date_time).toEqual([
      expect.stringContaining('clashes with the new show at 2030-03-05T12:00:00.000Z'),
    ]);
    expect((await catalog.get(`/shows?movie_id=${movie_id}`)).body.count).toBe(before);
    expect((await run(['2030-03-05', '2030-03-06'], ['12:00', '18:00'])).body.count).toBe(4);
  });

  it('of shows that are created at the same time, one gets the screen', async () => {
    const responses = await Promise.all(Array.from({ length: 12 }, () => create('2030-03-08T20:00:00Z')));
    const codes = responses.map(({ statusCode }) => statusCode).sort();
    expect(codes).toEqual([201, ...Array(11).fill(409)]);
    const winner = responses.find(({ statusCode }) => statusCode === 201)?.body.id;
    for (const { statusCode, body } of responses) {
      if (statusCode === 409) expect(body.detail).toContain(`clashes with show ${winner},`);
    }
  });

  it('at both ends of the calendar', async () => {
    const first = await create('0001-01-01T00:00:00Z');
    expect((await catalog.get(`/shows/${first.body.id}`)).body.date_time).toBe('0001-01-01T00:00:00.000Z');
    expect((await create('0001-01-01T01:00:00Z')).body.detail).toContain(
      `0001-01-01T01:00:00.000Z clashes with show ${first.body.id}, which needs the screen ` +
        'from 0001-01-01T00:00:00.000Z to 0001-01-01T02:13:00.000Z',
    );

    const beyond = {
      statusCode: 400,
      body: { errors: { date_time: ['The screen would be needed beyond the year 9999, UTC'] } },
    };
    expect(await create('9999-12-31T23:30:00Z')).toMatchObject(beyond);
    const last = await create('9999-12-31T21:46:00Z');
    expect(last.statusCode).toBe(201);
    expect(await catalog.send('PATCH', `/shows/${last.body.id}`, { date_time: '9999-12-31T21:47:00Z' })).toMatchObject(
      beyond,
    );
    const { statusCode, body } = await catalog.send('PATCH', `/movies/${movie_id}`, { duration_minutes: 119 });
    expect([statusCode, Object.keys(body.errors ?? {})]).toEqual([400, ['duration_minutes']]);
    // Without a screen, a show may start at any time.
    await catalog.addShow({ movie_id, date_time: '9999-12-31T23:30:00Z' });
  });

  it('of shows that are moved to the same time, one gets the screen', async () => {
    for (const round of [1, 2, 3, 4, 5]) {
      const shows = [await create(`2030-04-0${round}T08:00:00Z`), await create(`2030-04-0${round}T20:00:00Z`)];
      const date_time = `2030-04-0${round}T14:00:00Z`;
      const moves = shows.map(({ body }) => catalog.send('PATCH', `/shows/${body.id}`, { date_time }));
      const codes = (await Promise.all(moves)).map(({ statusCode, body }) => [statusCode, body.code]);
      expect(codes.sort()).toEqual([
        [200, undefined],
        [409, 'screen_busy'],
      ]);
    }
  });

  it('the database refuses an overlap that a check might miss', async () => {
    const copy = `insert into catalog.shows (movie_id, screen_id, layout_id, screen_name, date_time, busy_until, total_seats)
      select movie_id, screen_id, layout_id, screen_name, date_time + interval '1 minute', busy_until, total_seats
      from catalog.shows where id = ${evening}`;
    await expect(execute(catalog.databaseUrl, copy)).rejects.toThrow('shows_screen_busy');
  });

  it('of shows that are written to the database at the same time, one gets the screen', async () => {
    const write = (minutes: number) => {
      const later = `interval '40 days ${minutes} minutes'`;
      return execute(
        catalog.databaseUrl,
        `insert into catalog.shows (movie_id, screen_id, layout_id, screen_name, date_time, busy_until, total_seats)
         select movie_id, screen_id, layout_id, screen_name, date_time + ${later}, busy_until + ${later}, total_seats
         from catalog.shows where id = ${evening}`,
      );
    };
    const results = await Promise.allSettled([0, 1, 2, 3].map(write));
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
    expect(failures).toHaveLength(3);
    // PostgreSQL may report a deadlock between the writers, which is why the catalog locks the screen first.
    for (const failure of failures) expect(failure).toMatch(/shows_screen_busy|deadlock detected/);
  });
});

test('a cancelled show keeps its first reason, and the cancellation is audited once', async () => {
  const show = await catalog.addShow();
  const cancel = (reason: string) => catalog.send('POST', `/shows/${show}/cancel`, { reason });
  const first = await cancel('The projector is broken');
  expect(first).toMatchObject({ statusCode: 200, body: { id: show, status: 'cancelled' } });
  expect((await cancel('Again')).body).toEqual(first.body);
  expect((await catalog.get(`/show-facts?ids=${show}`)).body.results[0]?.status).toBe('cancelled');
  const stored = await execute(
    catalog.databaseUrl,
    `select cancel_reason, cancelled_at is not null as dated, action, before, after
     from catalog.shows join catalog.audit_lines on subject = 'show' and subject_id = shows.id::text
     where shows.id = ${show} and action <> 'create'`,
  );
  const cancel_reason = 'The projector is broken';
  expect(stored).toEqual([
    {
      ...{ cancel_reason, dated: true, action: 'cancel' },
      ...{ before: { status: 'scheduled' }, after: { status: 'cancelled', cancel_reason } },
    },
  ]);
  expect((await cancel(' ')).statusCode).toBe(400);
  const missing = await catalog.send('POST', '/shows/2147483647/cancel', { reason: 'x' });
  expect(missing.body.code).toBe('show_not_found');
});
