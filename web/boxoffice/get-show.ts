import { boxoffice } from '../lib/session.ts';

/** A show and its movie. */
export async function getShowWithMovie(id: number, signal: AbortSignal) {
  const show = await boxoffice.get('/api/shows/{id}/', { params: { path: { id } }, signal });
  const movie = await boxoffice.get('/api/movies/{id}/', { params: { path: { id: show.movie_id } }, signal });
  return { show, movie };
}
