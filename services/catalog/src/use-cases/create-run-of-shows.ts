import type { ShowRunBody, ShowView } from '@boxoffice/shared/contracts/catalog';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { instantOf } from '../local-time.ts';
import { hasMovie, movieNotFound } from '../repositories/movies.ts';
import { type Context, createShows } from './create-shows.ts';

/**
 * Creates a show of a movie on each of these days at each of these local times; all or none.
 *
 * @returns the shows, sorted by start
 * @throws {ProblemError} movie_not_found, screen_busy; validation_failed, also if the clocks skip one of the times
 */
export async function createRunOfShows(
  em: EntityManager,
  movieId: number,
  { dates, times, time_zone, ...same }: ShowRunBody,
  context: Context,
): Promise<ShowView[]> {
  if (!(await hasMovie(em, movieId))) throw movieNotFound(movieId);
  const starts = dates.flatMap((date) => times.map((time) => startOf(date, time, time_zone)));
  starts.sort((a, b) => a.getTime() - b.getTime());
  return createShows(em, { ...same, movie_id: movieId, starts }, context);
}

function startOf(date: string, time: string, timeZone: string): Date {
  const start = instantOf(date, time, timeZone);
  if (start) return start;
  const message = `There is no ${time} on ${date} in ${timeZone}: the clocks are set forward`;
  throw new ProblemError('validation_failed', `times: ${message}`, { errors: { times: [message] } });
}
