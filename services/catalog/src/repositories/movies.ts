import type { Author } from '@boxoffice/shared/contracts/audit';
import type { MovieChangeBody, MovieCreateBody, MovieQuery, MovieView } from '@boxoffice/shared/contracts/catalog';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { changedFields } from '@boxoffice/shared/database/audit';
import { Movie, Show } from '@boxoffice/shared/database/entities/catalog';
import { containing } from '@boxoffice/shared/database/like';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { ForeignKeyConstraintViolationException, LockMode } from '@mikro-orm/core';
import { addAuditLines } from './audit-lines.ts';

/** One page of the movies whose title contains `search`, in any case; sorted by title. */
export async function listMovies(em: EntityManager, { page, page_size, search }: MovieQuery): Promise<Rows<MovieView>> {
  const [movies, count] = await em.findAndCount(Movie, search ? { title: { $ilike: containing(search) } } : {}, {
    orderBy: { title: 'asc', id: 'asc' },
    limit: page_size,
    offset: (page - 1) * page_size,
  });
  return { count, results: movies.map(movieView) };
}

/** @throws {ProblemError} movie_not_found */
export async function getMovie(em: EntityManager, id: number): Promise<MovieView> {
  const movie = await em.findOne(Movie, { id });
  if (!movie) throw movieNotFound(id);
  return movieView(movie);
}

/**
 * The movie of a show that is being written. Its duration stays the same until this transaction ends: the lock keeps
 * out those who would change it.
 *
 * @throws {ProblemError} validation_failed
 */
export async function getMovieOfShow(em: EntityManager, id: number): Promise<Movie> {
  const movie = await em.findOne(Movie, { id }, { lockMode: LockMode.PESSIMISTIC_READ });
  if (!movie) throw noSuchMovie(id);
  return movie;
}

/**
 * Locks the movie that `getMovieOfShow` is going to return for a show. Call it before the show is locked, in the
 * same order as change-movie, or the two could deadlock.
 *
 * @param movieId the movie that the show is going to have; by default, the one that it has
 */
export async function lockMovieOfShow(em: EntityManager, showId: number, movieId: number | null = null): Promise<void> {
  await em.execute(
    `select from catalog.movies
     where id = coalesce(?::int, (select movie_id from catalog.shows where id = ?)) for share`,
    [movieId, showId],
  );
}

/** For a field of a show that names a movie; the movie may also be deleted while the show is being written. */
export function noSuchMovie(id: number): ProblemError {
  const message = `There is no movie ${id}`;
  return new ProblemError('validation_failed', `movie_id: ${message}`, { errors: { movie_id: [message] } });
}

export async function hasMovie(em: EntityManager, id: number): Promise<boolean> {
  return (await em.count(Movie, { id })) > 0;
}

/** Creates a movie. */
export function createMovie(em: EntityManager, body: MovieCreateBody, author: Author): Promise<MovieView> {
  return em.transactional(async (em) => {
    const movie = em.create(Movie, movieColumns(body));
    await em.flush();
    const view = movieView(movie);
    await addAuditLines(em, author, [{ subject: 'movie', id: view.id, after: view }]);
    return view;
  });
}

/** Writes the given fields of a movie that `getMovieForChange` returned in the same transaction. */
export async function writeMovie(
  em: EntityManager,
  movie: Movie,
  change: MovieChangeBody,
  author: Author,
): Promise<MovieView> {
  const before = movieView(movie);
  em.assign(movie, movieColumns({ ...before, ...change } as MovieCreateBody));
  await em.flush();
  const after = movieView(movie);
  const changed = changedFields(before, after);
  if (changed) await addAuditLines(em, author, [{ subject: 'movie', id: movie.id, ...changed }]);
  return after;
}

/**
 * Deletes a movie that has no shows. The foreign key decides, not a count beforehand: a show may be
 * added at the same time.
 *
 * @throws {ProblemError} movie_not_found, has_shows
 */
export async function deleteMovie(em: EntityManager, id: number, author: Author): Promise<void> {
  try {
    await em.transactional(async (em) => {
      const movie = await getMovieForChange(em, id);
      await em.nativeDelete(Movie, { id });
      await addAuditLines(em, author, [{ subject: 'movie', id, before: movieView(movie) }]);
    });
  } catch (error) {
    if (!(error instanceof ForeignKeyConstraintViolationException)) throw error;
    const shows = await em.count(Show, { movie: id });
    throw new ProblemError(
      'has_shows',
      `Movie ${id} has ${shows === 1 ? '1 show' : `${shows} shows`}. Delete its shows first.`,
    );
  }
}

/**
 * Locks the row, so that `before` in the audit is what the change really replaced.
 *
 * @throws {ProblemError} movie_not_found
 */
export async function getMovieForChange(em: EntityManager, id: number): Promise<Movie> {
  const movie = await em.findOne(Movie, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!movie) throw movieNotFound(id);
  return movie;
}

export function movieNotFound(id: number): ProblemError {
  return new ProblemError('movie_not_found', `There is no movie ${id}.`);
}

function movieColumns(body: MovieCreateBody) {
  return {
    title: body.title,
    durationMinutes: body.duration_minutes,
    description: body.description,
    rating: body.rating,
    language: body.language,
    posterUrl: body.poster_url,
  };
}

function movieView(movie: Movie): MovieView {
  return {
    id: movie.id,
    title: movie.title,
    duration_minutes: movie.durationMinutes,
    description: movie.description,
    rating: movie.rating,
    language: movie.language,
    poster_url: movie.posterUrl ?? null,
  };
}
