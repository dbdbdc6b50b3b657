import type { ShowCreateBody, ShowView } from '@boxoffice/shared/contracts/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { getMovieOfShow } from '../repositories/movies.ts';
import { assertScreenFree } from '../repositories/screen-slots.ts';
import { insertShows } from '../repositories/shows.ts';
import { categoriesOf, newHall } from './find-hall.ts';
import { changeRules, noRules } from './rules-of-sale.ts';
import { screenSlot } from './screen-slot.ts';
import type { ShowContext } from './show-context.ts';

/**
 * Creates a show at each of these times, all of them or none.
 *
 * @throws {ProblemError} validation_failed, also if there is no such movie or screen; screen_busy
 */
export function createShows(
  em: EntityManager,
  { starts, ...show }: Omit<ShowCreateBody, 'date_time'> & { starts: Date[] },
  { author, turnaroundMinutes, canPayOnline }: ShowContext,
): Promise<ShowView[]> {
  return em.transactional(async (em) => {
    const movie = await getMovieOfShow(em, show.movie_id);
    const hall = await newHall(em, show);
    const rules = changeRules(noRules, show, { categories: await categoriesOf(em, hall), canPayOnline });
    const common = { ...hall, ...rules, movie_id: movie.id };
    if (hall.screen_id === null) {
      const shows = starts.map((start) => ({ ...common, date_time: start.toISOString(), busy_until: null }));
      return insertShows(em, shows, author);
    }
    const times = starts.map((start) => screenSlot(start, movie.durationMinutes + turnaroundMinutes));
    await assertScreenFree(em, hall.screen_id, times);
    const shows = times.map(({ start, until }) => ({
      ...common,
      ...{ date_time: start.toISOString(), busy_until: until },
    }));
    return insertShows(em, shows, author);
  });
}
