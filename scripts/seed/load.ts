import { Movie, Show } from '@boxoffice/shared/database/entities/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import type { Programme, SampleShow } from './programme.ts';
import { type SampleBooking, sampleSales } from './sales.ts';
import { addBuyers, findDemo } from './users.ts';

export interface LoadOptions {
  /** Whether to add the movies when none of them exists. */
  addMovies: boolean;
  now: Date;
  /** Number of booking partitions. */
  partitions: number;
  log: (line: string) => void;
}

/**
 * Adds a programme: its movies, shows and sales. When its movies exist, adds new upcoming shows if none is
 * left.
 *
 * @returns whether anything was added
 */
export async function loadProgramme(
  em: EntityManager,
  programme: Programme,
  { addMovies, now, partitions, log }: LoadOptions,
): Promise<boolean> {
  let movies = await em.find(Movie, { title: { $in: programme.movies.map(({ title }) => title) } });
  const isNew = movies.length === 0;
  if (isNew) {
    if (!addMovies) return false;
    movies = programme.movies.map((movie) => em.create(Movie, movie));
    await em.flush();
    log(`${movies.length} movies`);
  } else if (movies.length < (await em.count(Movie)) && !addMovies) {
    return false; // a cinema of its own, which has kept or recreated a sample movie
  } else if (await em.count(Show, { movie: { $in: movies }, dateTime: { $gt: now } })) {
    return false;
  }
  const shows = await addShows(em, [...programme.upcoming, ...(isNew ? programme.past : [])], movies);
  log(`${shows.length} shows`);
  if (shows.some(({ sold }) => sold > 0)) {
    const customers = { buyers: await addBuyers(em), demo: await findDemo(em) };
    const bookings = sampleSales({ shows, ...customers, now, partitions });
    await addBookings(em, bookings);
    log(`${bookings.length} bookings`);
  }
  return true;
}

/** Adds those shows whose movie is among `movies`, in order; returns them with their ids. */
async function addShows(em: EntityManager, shows: SampleShow[], movies: Movie[]) {
  const movieIds = new Map(movies.map((movie) => [movie.title, movie.id]));
  const wanted = shows.filter(({ title }) => movieIds.has(title));
  const rows = wanted.map(({ title, screenName, dateTime, totalSeats, seatsPerRow }) => ({
    movie: movieIds.get(title) as number,
    ...{ screenName, dateTime, totalSeats, seatsPerRow },
  }));
  const added = await em.createQueryBuilder(Show).insert(rows).returning('id').execute<{ id: number }[]>('all', false);
  return wanted.map((show, i) => ({ ...show, id: (added[i] as { id: number }).id }));
}

/** Adds bookings, and a claim on each seat of those that were not cancelled. */
async function addBookings(em: EntityManager, bookings: SampleBooking[]): Promise<void> {
  await em.execute(
    `with booked as materialized (
       select * from json_to_recordset(?::json) as booked (show_id int, id uuid, user_id int, seats text[], status text,
         created_at timestamptz, cancelled_at timestamptz, cancelled_by uuid)
     ), bookings as (
       insert into booking.bookings (show_id, id, user_id, seats, status, created_at, cancelled_at, cancelled_by)
       select show_id, id, user_id, seats, status, created_at, cancelled_at, cancelled_by from booked
     )
     insert into booking.seat_claims (show_id, seat_number, booking_id)
     select show_id, unnest(seats), id from booked where status = 'booked'`,
    [JSON.stringify(bookings)],
  );
}
