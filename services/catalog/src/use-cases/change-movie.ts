import type { Author } from '@boxoffice/shared/contracts/audit';
import type { MovieChangeBody, MovieView } from '@boxoffice/shared/contracts/catalog';
import type { Show } from '@boxoffice/shared/database/entities/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { getMovieForChange, writeMovie } from '../repositories/movies.ts';
import { assertScreenFree } from '../repositories/screen-slots.ts';
import { flushShows, getComingScreenShows } from '../repositories/shows.ts';
import { screenSlot } from './screen-slot.ts';

/**
 * Writes the given fields of a movie only. When its duration changes, so does the time that its coming shows need
 * their screens for; refused if one would then clash with another show.
 *
 * @throws {ProblemError} movie_not_found, screen_busy; validation_failed if a show would end beyond the year 9999
 */
export function changeMovie(
  em: EntityManager,
  id: number,
  change: MovieChangeBody,
  { author, turnaroundMinutes }: { author: Author; turnaroundMinutes: number },
): Promise<MovieView> {
  return em.transactional(async (em) => {
    const movie = await getMovieForChange(em, id);
    const { duration_minutes = movie.durationMinutes } = change;
    if (duration_minutes !== movie.durationMinutes) {
      await updateScreenSlots(em, await getComingScreenShows(em, id), duration_minutes + turnaroundMinutes);
    }
    return writeMovie(em, movie, change, author);
  });
}

async function updateScreenSlots(em: EntityManager, shows: Show[], minutes: number): Promise<void> {
  // Screens are locked in the order of their ids, or two changes of movies could deadlock.
  const byScreen = Map.groupBy(shows, ({ screen }) => screen?.id ?? 0);
  for (const [screenId, onScreen] of [...byScreen].sort(([a], [b]) => a - b)) {
    const times = onScreen.map(({ id, dateTime }) => ({
      ...screenSlot(dateTime, minutes, 'duration_minutes'),
      showId: id,
    }));
    await assertScreenFree(em, screenId, times, 'duration_minutes');
    for (const [index, show] of onScreen.entries()) show.busyUntil = times[index]?.until ?? null;
  }
  await flushShows(em, shows);
}
