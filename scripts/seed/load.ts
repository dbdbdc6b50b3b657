import { Movie, Show } from '@boxoffice/shared/database/entities/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { sampleCurrency } from './halls.ts';
import type { Programme, SampleShow } from './programme.ts';
import { type SampleBooking, sampleSales } from './sales.ts';
import { addScreens, type ScreenRow } from './screens.ts';
import { addBuyers, findSampleUser } from './users.ts';

/** As TURNAROUND_MINUTES is by default. */
const turnaroundMinutes = 15;

export interface LoadOptions {
  /** Whether to add the movies when none of them exists. */
  addMovies: boolean;
  now: Date;
  /** Number of booking partitions. */
  partitions: number;
  /** Whether there is a provider of online payments. Without one, all priced shows are paid at the counter. */
  canPayOnline: boolean;
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
  { addMovies, now, partitions, canPayOnline, log }: LoadOptions,
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
  const shows = await addShows(em, [...programme.upcoming, ...(isNew ? programme.past : [])], { movies, canPayOnline });
  log(`${shows.length} shows`);
  if (shows.some(({ sold }) => sold > 0)) {
    const [demo, admin] = [await findSampleUser(em, 'demo'), await findSampleUser(em, 'admin')];
    const bookings = sampleSales({ shows, buyers: await addBuyers(em), demo, admin, now, partitions });
    await addBookings(em, bookings);
    log(`${bookings.length} bookings`);
  }
  return true;
}

/** Adds those shows whose movie is among `movies`, in order, and their screens; returns them with their ids. */
async function addShows(
  em: EntityManager,
  shows: SampleShow[],
  { movies, canPayOnline }: { movies: Movie[]; canPayOnline: boolean },
) {
  const moviesByTitle = new Map(movies.map((movie) => [movie.title, movie]));
  const wanted = shows.filter(({ title }) => moviesByTitle.has(title));
  const screens = await addScreens(em, new Set(wanted.flatMap(({ hall }) => hall ?? [])));
  const rows = wanted.map((show) => {
    const { screenName, dateTime, totalSeats, seatsPerRow, hall } = show;
    const payment = (canPayOnline && show.payment) || ('counter' as const);
    const movie = moviesByTitle.get(show.title) as Movie;
    const common = { movie: movie.id, screenName, dateTime, totalSeats, seatsPerRow };
    return { ...common, ...(hall ? { ...onScreen(screens.get(hall), show, movie), payment } : inRows) };
  });
  const added = await em.createQueryBuilder(Show).insert(rows).returning('id').execute<{ id: number }[]>('all', false);
  return wanted.map((show, i) => ({ ...show, id: (added[i] as { id: number }).id }));
}

const inRows = { screen: null, layout: null, busyUntil: null, payment: 'free', prices: null, currency: null } as const;

/** Where a show takes place, until when, and what it costs. */
function onScreen(screen: ScreenRow | undefined, { hall, dateTime }: SampleShow, { durationMinutes }: Movie) {
  if (!screen || !hall) throw new Error('the screen of a sample show is missing');
  const busyUntil = new Date(dateTime.getTime() + (durationMinutes + turnaroundMinutes) * 60_000);
  const price = { prices: { ...hall.prices }, currency: sampleCurrency };
  return { screen: screen.id, layout: screen.layoutId, busyUntil, ...price };
}

/** Adds bookings, and a claim on each seat of those that were not cancelled. */
async function addBookings(em: EntityManager, bookings: SampleBooking[]): Promise<void> {
  await em.execute(
    `with booked as materialized (
       select * from json_to_recordset(?::json) as booked (show_id int, id uuid, user_id int, seats text[], status text,
         created_at timestamptz, cancelled_at timestamptz, cancelled_by uuid, items jsonb, total bigint, currency text,
         code text, paid_at timestamptz, paid_by int, paid_with text)
     ), bookings as (
       insert into booking.bookings (show_id, id, user_id, seats, status, created_at, cancelled_at, cancelled_by,
         items, total, currency, code, paid_at, paid_by, paid_with)
       select show_id, id, user_id, seats, status, created_at, cancelled_at, cancelled_by,
         items, total, currency, code, paid_at, paid_by, paid_with from booked
     )
     insert into booking.seat_claims (show_id, seat_number, booking_id, user_id)
     select show_id, unnest(seats), id, user_id from booked where status = 'booked'`,
    [JSON.stringify(bookings)],
  );
}
