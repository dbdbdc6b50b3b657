import { IdParams, MoviePage, MovieQuery, MovieView, ShowPage, ShowQuery } from '@boxoffice/shared/contracts/catalog';
import type { Http } from '@boxoffice/shared/service/http';
import { problems } from '../../http/documentation.ts';
import { pageLinks } from '../../http/paging.ts';
import type { Parts } from '../../parts.ts';
import { cached } from '../cached-responses.ts';

/** Movies and their shows, for everyone. */
export function movieRoutes(http: Http, { answers, catalog }: Pick<Parts, 'answers' | 'catalog'>): void {
  http.get(
    '/api/movies/',
    {
      ...cached(answers, () => 'movies'),
      schema: {
        tags: ['Movies'],
        operationId: 'listMovies',
        summary: 'Movies, by title',
        description: 'All movies, or those whose title holds `search`, whatever its case.',
        security: [],
        querystring: MovieQuery,
        response: {
          200: MoviePage.describe('A page of movies'),
          ...problems('validation_failed', 'internal_error', 'catalog_unavailable', 'database_unavailable'),
        },
      },
    },
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listMovies(request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
  );

  http.get(
    '/api/movies/:id/',
    {
      ...cached(answers, () => 'movies'),
      schema: {
        tags: ['Movies'],
        operationId: 'getMovie',
        summary: 'One movie',
        description: 'What a cinema page shows of it.',
        security: [],
        params: IdParams,
        response: {
          200: MovieView.describe('The movie'),
          ...problems(
            'validation_failed',
            'movie_not_found',
            'internal_error',
            'catalog_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    (request) => catalog.getMovie(request.params.id, request.id),
  );

  http.get(
    '/api/movies/:id/shows/',
    {
      ...cached(answers, () => 'shows'),
      schema: {
        tags: ['Movies'],
        operationId: 'listMovieShows',
        summary: 'Shows of one movie, by start',
        description:
          'All its shows, or those that start at or after `from` and before `to`. `available_seats` is exact: an answer ' +
          'is kept until seats of a show change, and for 5 seconds at most.',
        security: [],
        params: IdParams,
        querystring: ShowQuery,
        response: {
          200: ShowPage.describe('A page of shows'),
          ...problems(
            'validation_failed',
            'movie_not_found',
            'internal_error',
            'catalog_unavailable',
            'database_unavailable',
          ),
        },
      },
    },
    async (request) => {
      const { page, page_size } = request.query;
      const { count, results } = await catalog.listShowsOfMovie(request.params.id, request.query, request.id);
      return { count, ...pageLinks(request, page, page_size, count), results };
    },
  );
}
