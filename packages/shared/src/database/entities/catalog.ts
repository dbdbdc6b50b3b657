import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

/** A movie. Written by the catalog only. */
export const Movie = defineEntity({
  name: 'Movie',
  schema: 'catalog',
  tableName: 'movies',
  properties: {
    id: p.integer().primary().autoincrement(),
    title: p.text(),
    durationMinutes: p.integer(),
    description: p.text().default(''),
    rating: p.text().default(''),
    language: p.text().default(''),
    posterUrl: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  indexes: [
    { name: 'movies_title_idx', properties: ['title', 'id'] },
    {
      name: 'movies_title_part_idx',
      expression: 'create index movies_title_part_idx on catalog.movies using gin (title gin_trgm_ops)',
    },
  ],
});
export type Movie = InferEntity<typeof Movie>;

/** One screening of a movie. Seats are not rows: they are derived from `totalSeats` and `seatsPerRow`. */
export const Show = defineEntity({
  name: 'Show',
  schema: 'catalog',
  tableName: 'shows',
  properties: {
    id: p.integer().primary().autoincrement(),
    movie: () => p.manyToOne(Movie),
    screenName: p.text(),
    dateTime: p.datetime(),
    totalSeats: p.integer(),
    seatsPerRow: p.integer().default(10),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  indexes: [
    { name: 'shows_movie_id_date_time_idx', properties: ['movie', 'dateTime', 'id'] },
    { name: 'shows_date_time_idx', properties: ['dateTime', 'id'] },
  ],
  checks: [
    { name: 'shows_total_seats_check', expression: 'total_seats > 0' },
    { name: 'shows_seats_per_row_check', expression: 'seats_per_row > 0' },
  ],
});
export type Show = InferEntity<typeof Show>;
