import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StartedCatalog, startCatalog } from '../../test/started-catalog.ts';

let catalog: StartedCatalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

const titles = (rows: { results: { title: string }[] }) => rows.results.map((movie) => movie.title);

describe('GET /internal/movies', () => {
  beforeAll(async () => {
    for (const title of [
      '100% Wolf',
      '100 Streets',
      'snake_case',
      'snakes case',
      'Back\\slash',
      'L’Été',
      'Alien',
      'Alien',
    ]) {
      await catalog.addMovie(title);
    }
  });

  it('lists by title, equal titles by id', async () => {
    const { body } = await catalog.get('/movies');
    expect(body.count).toBe(8);
    expect(titles(body)).toEqual([
      '100 Streets',
      '100% Wolf',
      'Alien',
      'Alien',
      'Back\\slash',
      'L’Été',
      'snake_case',
      'snakes case',
    ]);
    const [first, second] = body.results.filter((movie) => movie.title === 'Alien');
    expect(first?.id).toBeLessThan(Number(second?.id));
  });

  it('returns each movie on exactly one page', async () => {
    const pages = await Promise.all([1, 2, 3].map((page) => catalog.get(`/movies?page=${page}&page_size=3`)));
    expect(pages.map(({ body }) => body.results.length)).toEqual([3, 3, 2]);
    expect(new Set(pages.flatMap(({ body }) => body.results.map((movie) => movie.id))).size).toBe(8);
  });

  it('returns an empty page past the end', async () => {
    const { body } = await catalog.get('/movies?page=4&page_size=3');
    expect(body).toEqual({ count: 8, results: [] });
  });

  it.each(['page=0', 'page=-1', 'page=1.5', 'page=x', 'page=100001', 'page_size=0', 'page_size=101'])(
    'refuses ?%s',
    async (query) => {
      const { statusCode, body } = await catalog.get(`/movies?${query}`);
      expect(statusCode).toBe(400);
      expect(body.code).toBe('validation_failed');
      expect(Object.keys(body.errors ?? {})).toEqual([query.split('=')[0]]);
    },
  );

  it('refuses a search for text that no title can contain', async () => {
    const { statusCode, body } = await catalog.get('/movies?search=%00');
    expect(statusCode).toBe(400);
    expect(body.errors).toEqual({ search: ['NUL characters are not allowed'] });
  });

  it('accepts the largest page and page size', async () => {
    expect((await catalog.get('/movies?page=100000&page_size=100')).statusCode).toBe(200);
  });

  it.each([
    ['ALIEN', ['Alien', 'Alien']],
    ['été', ['L’Été']],
    ['100%', ['100% Wolf']],
    ['%', ['100% Wolf']],
    ['snake_', ['snake_case']],
    ['_', ['snake_case']],
    ['\\', ['Back\\slash']],
    ['nothing like it', []],
    ['', ['100 Streets', '100% Wolf', 'Alien', 'Alien', 'Back\\slash', 'L’Été', 'snake_case', 'snakes case']],
  ])('finds %j literally, case-insensitively', async (search, expected) => {
    const { body } = await catalog.get(`/movies?search=${encodeURIComponent(search)}`);
    expect(titles(body)).toEqual(expected);
    expect(body.count).toBe(expected.length);
  });
});

describe('one movie', () => {
  it('is created with defaults for omitted fields', async () => {
    const { statusCode, body } = await catalog.send('POST', '/movies', { title: ' Dune ', duration_minutes: 155 });
    expect(statusCode).toBe(201);
    expect(body).toEqual({
      id: expect.any(Number),
      title: 'Dune',
      duration_minutes: 155,
      description: '',
      rating: '',
      language: '',
      poster_url: null,
    });
    expect((await catalog.get(`/movies/${body.id}`)).body).toEqual(body);
  });

  it('names every field whose text cannot be stored', async () => {
    const [title, nul] = ['Dune', 'a\0b'];
    const whole = { title, duration_minutes: 155, poster_url: 'https://posters.example/a\0b' };
    const wrong = { ...whole, title: nul, description: nul, rating: nul, language: nul };
    const { statusCode, body } = await catalog.send('POST', '/movies', wrong);
    expect(statusCode).toBe(400);
    expect(Object.keys(body.errors ?? {})).toEqual(['title', 'description', 'rating', 'language', 'poster_url']);
  });

  it('is changed by PATCH in the given fields only', async () => {
    const { body: before } = await catalog.send('POST', '/movies', {
      title: 'Dune',
      duration_minutes: 155,
      rating: 'PG-13',
      poster_url: 'https://posters.example/dune.jpg',
    });
    const { statusCode, body } = await catalog.send('PATCH', `/movies/${before.id}`, {
      duration_minutes: 156,
      poster_url: null,
    });
    expect(statusCode).toBe(200);
    expect(body).toEqual({ ...before, duration_minutes: 156, poster_url: null });
    expect((await catalog.get(`/movies/${before.id}`)).body).toEqual(body);
    expect((await catalog.send('PATCH', `/movies/${before.id}`, {})).body).toEqual(body);
  });

  it('is replaced by PUT', async () => {
    const { body: before } = await catalog.send('POST', '/movies', {
      title: 'Dune',
      duration_minutes: 155,
      rating: 'PG-13',
    });
    const { body } = await catalog.send('PUT', `/movies/${before.id}`, {
      title: 'Dune: Part Two',
      duration_minutes: 166,
    });
    expect(body).toEqual({ ...before, title: 'Dune: Part Two', duration_minutes: 166, rating: '' });
    const { statusCode } = await catalog.send('PUT', `/movies/${before.id}`, { title: 'Dune' });
    expect(statusCode).toBe(400);
  });

  it('is gone after DELETE', async () => {
    const id = await catalog.addMovie();
    expect((await catalog.send('DELETE', `/movies/${id}`)).statusCode).toBe(204);
    expect((await catalog.get(`/movies/${id}`)).statusCode).toBe(404);
  });

  it.each([
    ['GET', '/movies/2147483647'],
    ['PATCH', '/movies/2147483647'],
    ['PUT', '/movies/2147483647'],
    ['DELETE', '/movies/2147483647'],
    ['GET', '/movies/2147483647/shows'],
  ] as const)('%s %s is movie_not_found', async (method, path) => {
    const complete = { title: 'Dune', duration_minutes: 155 };
    const body = method === 'PUT' || method === 'PATCH' ? complete : undefined;
    const response = method === 'GET' ? await catalog.get(path) : await catalog.send(method, path, body);
    expect(response.statusCode).toBe(404);
    expect(response.body.code).toBe('movie_not_found');
  });

  it('cannot be deleted while it has shows', async () => {
    const id = await catalog.addMovie();
    const show = await catalog.addShow({ movie_id: id });
    const { statusCode, body } = await catalog.send('DELETE', `/movies/${id}`);
    expect(statusCode).toBe(409);
    expect(body).toMatchObject({ code: 'has_shows', detail: `Movie ${id} has 1 show. Delete its shows first.` });
    await catalog.send('DELETE', `/shows/${show}`);
    expect((await catalog.send('DELETE', `/movies/${id}`)).statusCode).toBe(204);
  });
});
