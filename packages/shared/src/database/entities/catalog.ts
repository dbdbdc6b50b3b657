import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { showStatuses } from '../../contracts/catalog.ts';
import { payments } from '../../contracts/show-rules.ts';
import type { Layout } from '../../layout.ts';

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

/**
 * The seats of a hall. Rows are never changed or deleted: shows keep the layout they were created with, and every
 * service may cache a layout for ever. Equal layouts share a row.
 */
export const LayoutRow = defineEntity({
  name: 'LayoutRow',
  schema: 'catalog',
  tableName: 'layouts',
  properties: {
    id: p.integer().primary().autoincrement(),
    /** SHA-256 of the rows and the legend. */
    hash: p.blob().unique('layouts_hash_key'),
    rows: p.array().columnType('text[]'),
    legend: p.json<Layout['legend']>(),
    totalSeats: p.integer(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
export type LayoutRow = InferEntity<typeof LayoutRow>;

/** A hall. Names are unique regardless of case. Changing its layout affects shows that are created later only. */
export const Screen = defineEntity({
  name: 'Screen',
  schema: 'catalog',
  tableName: 'screens',
  properties: {
    id: p.integer().primary().autoincrement(),
    name: p.text(),
    layout: () => p.manyToOne(LayoutRow),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  uniques: [
    { name: 'screens_name_key', expression: 'create unique index screens_name_key on catalog.screens (lower(name))' },
  ],
});
export type Screen = InferEntity<typeof Screen>;

/** One screening of a movie. Seats are not rows: they follow from the layout, or from `totalSeats` and `seatsPerRow`. */
export const Show = defineEntity({
  name: 'Show',
  schema: 'catalog',
  tableName: 'shows',
  properties: {
    id: p.integer().primary().autoincrement(),
    movie: () => p.manyToOne(Movie),
    screen: () => p.manyToOne(Screen).nullable().deleteRule('no action'),
    /** Null when the seats are rows of `seatsPerRow`. */
    layout: () => p.manyToOne(LayoutRow).nullable().deleteRule('no action'),
    screenName: p.text(),
    dateTime: p.datetime(),
    /** When its screen is free for another show; null without a screen. */
    busyUntil: p.datetime().nullable(),
    totalSeats: p.integer(),
    seatsPerRow: p.integer().default(10),
    status: p.enum(showStatuses).default('scheduled'),
    /** Since when its bookings are in an archive (scripts/archive); null for nearly all shows. */
    archivedAt: p.datetime().nullable(),
    cancelReason: p.text().nullable(),
    cancelledAt: p.datetime().nullable(),
    payment: p.enum(payments).default('free'),
    /** In minor units of the currency, by category. */
    prices: p.json<Record<string, number>>().nullable(),
    currency: p.text().nullable(),
    salesOpenAt: p.datetime().nullable(),
    salesCloseAt: p.datetime().nullable(),
    maxSeatsPerUser: p.integer().nullable(),
    forbidSingleSeats: p.boolean().default(false),
    createdAt: p.datetime().defaultRaw('now()'),
  },
  indexes: [
    { name: 'shows_movie_id_date_time_idx', properties: ['movie', 'dateTime', 'id'] },
    { name: 'shows_date_time_idx', properties: ['dateTime', 'id'] },
    { name: 'shows_screen_id_idx', properties: ['screen'] },
    // Finds the shows whose bookings are to be cancelled.
    {
      name: 'shows_cancelled_idx',
      expression: "create index shows_cancelled_idx on catalog.shows (cancelled_at) where status = 'cancelled'",
    },
  ],
  checks: [
    { name: 'shows_total_seats_check', expression: 'total_seats > 0' },
    { name: 'shows_seats_per_row_check', expression: 'seats_per_row > 0' },
    {
      name: 'shows_prices_check',
      expression: "(payment = 'free') = (prices is null) and (prices is null) = (currency is null)",
    },
    {
      name: 'shows_screen_busy',
      expression:
        'exclude using gist (screen_id with =, tstzrange(date_time, busy_until) with &&) ' +
        "where (screen_id is not null and status = 'scheduled')",
    },
  ],
});
export type Show = InferEntity<typeof Show>;
