import { execute } from '@boxoffice/testing/database';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

describe('a movie that is changed to last longer', () => {
  // It lasts 118 minutes, and 15 more to clean up.
  let movie_id: number;
  let screen_id: number;
  let show: number;
  beforeEach(async () => {
    movie_id = await catalog.addMovie();
    screen_id = await catalog.addScreen();
    show = await catalog.addShow({ movie_id, screen_id, date_time: '2030-03-01T12:00:00Z' });
  });
  const lasts = (duration_minutes: number) => catalog.send('PATCH', `/movies/${movie_id}`, { duration_minutes });
  const busyUntil = async (id: number) => {
    const [row] = await execute<{ busy_until: string }>(
      catalog.databaseUrl,
      `select to_json(busy_until at time zone 'utc') as busy_until from catalog.shows where id = ${id}`,
    );
    return row?.busy_until;
  };

  it('keeps the screens of its shows busy for longer', async () => {
    await lasts(165);
    expect(await busyUntil(show)).toBe('2030-03-01T15:00:00');
    const date_time = '2030-03-01T14:59:00Z';
    const other = await catalog.send('POST', '/shows', { movie_id: await catalog.addMovie(), screen_id, date_time });
    expect(other.body.code).toBe('screen_busy');
    const { title } = (await catalog.get(`/movies/${movie_id}`)).body;
    await catalog.send('PUT', `/movies/${movie_id}`, { title, duration_minutes: 105 });
    expect(await busyUntil(show)).toBe('2030-03-01T14:00:00');
  });

  it.each([
    ['another movie', true],
    ['the same movie', false],
  ])('is refused if a show would then clash with one of %s, and nothing changes', async (_, isOther) => {
    const next = await catalog.addShow({
      ...{ movie_id: isOther ? await catalog.addMovie() : movie_id, screen_id },
      date_time: '2030-03-01T14:30:00Z',
    });
    expect((await lasts(135)).statusCode).toBe(200);
    const { statusCode, body } = await lasts(136);
    expect([statusCode, body.code]).toEqual([409, 'screen_busy']);
    const clash =
      `2030-03-01T12:00:00.000Z clashes with show ${next}, ` +
      'which needs the screen from 2030-03-01T14:30:00.000Z to 2030-03-01T';
    expect(body.errors).toEqual({ duration_minutes: [expect.stringContaining(clash)] });
    expect((await catalog.get(`/movies/${movie_id}`)).body.duration_minutes).toBe(135);
    expect(await busyUntil(show)).toBe('2030-03-01T14:30:00');
  });

  it('is not hindered by its shows that are past, cancelled or without a screen', async () => {
    const past = await catalog.addShow({ movie_id, screen_id, date_time: '2020-03-01T12:00:00Z' });
    await catalog.addShow({ screen_id, date_time: '2020-03-01T14:13:00Z' });
    await catalog.addShow({ screen_id, date_time: '2030-03-01T14:13:00Z' });
    await catalog.addShow({ movie_id, date_time: '2030-03-01T12:00:00Z' });
    await catalog.send('POST', `/shows/${show}/cancel`, { reason: 'no power' });
    expect((await lasts(300)).statusCode).toBe(200);
    expect(await busyUntil(past)).toBe('2020-03-01T14:13:00');
  });

  it('counts in full for shows that are created or moved at the same time', async () => {
    for (let hour = 0; hour < 6; hour++) {
      const later = `2030-04-01T${10 + hour}:00:00Z`;
      const screens = [await catalog.addScreen(), await catalog.addScreen()];
      const moved = await catalog.addShow({
        screen_id: Number(screens[0]),
        movie_id,
        date_time: '2030-05-01T12:00:00Z',
      });
      const minutes = 200 + hour;
      const [created, changed, movie] = await Promise.all([
        catalog.send('POST', '/shows', { movie_id, screen_id: screens[1], date_time: later }),
        catalog.send('PATCH', `/shows/${moved}`, { date_time: later }),
        lasts(minutes),
      ]);
      expect([created.statusCode, changed.statusCode, movie.statusCode]).toEqual([201, 200, 200]);
      const end = new Date(Date.parse(later) + (minutes + 15) * 60_000).toISOString().slice(0, 19);
      expect([await busyUntil(created.body.id), await busyUntil(moved)]).toEqual([end, end]);
    }
  });
});
