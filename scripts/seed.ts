/**
 * `pnpm seed [--large]`: sample users, movies, shows and bookings, in DATABASE_URL or the running
 * `pnpm start`.
 */
import { parseArgs } from 'node:util';
import { databaseUrlOfRunning } from '@boxoffice/local-servers/running';
import { Movie, Show } from '@boxoffice/shared/database/entities/catalog';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { type Config, loadConfig } from '@boxoffice/shared/service/config';
import { runCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { largeProgramme, type Programme, type SampleShow, sampleProgramme } from './seed/programme.ts';
import { type SampleBooking, sampleSales } from './seed/sales.ts';
import { addBuyers, addSampleUsers, findDemo } from './seed/users.ts';

export interface SeedOptions {
  /** Adds hundreds of shows. */
  large?: boolean;
  /** Production gets no administrator whose password is in the README. Default: NODE_ENV. */
  environment?: Config['NODE_ENV'];
  /** Number of booking partitions. Default: BOOKING_PARTITIONS. */
  partitions?: number;
  log?: (line: string) => void;
}

/**
 * Loads the sample data once. A database that has movies of its own is left alone (except by `large`); one
 * whose sample shows are all over gets new ones.
 *
 * It may write what belongs to several services because it writes only rows that are not there yet, in one
 * transaction: no service can know a show, or book a seat of it, before all of it is committed.
 *
 * @throws {PlainError} when the database does not respond or has no tables yet
 */
export function seed(databaseUrl: string, options: SeedOptions = {}): Promise<{ loaded: boolean }> {
  const { NODE_ENV, BOOKING_PARTITIONS } = loadConfig();
  const { large = false, environment = NODE_ENV, partitions = BOOKING_PARTITIONS, log = () => {} } = options;
  return withDatabase(databaseUrl, (em) =>
    em.transactional(async (em) => {
      await em.execute("select pg_advisory_xact_lock(hashtext('boxoffice seed'))");
      const [{ ms }] = await em.execute<[{ ms: number }]>(
        'select floor(extract(epoch from now()) * 1000)::float as ms',
      );
      const now = new Date(ms);
      const isEmpty = (await em.count(Movie)) === 0;
      if (isEmpty) await addSampleUsers(em, { admin: environment !== 'production', log });
      const loaded = [
        await load(em, sampleProgramme(now), { addMovies: isEmpty, now, partitions, log }),
        large && (await load(em, largeProgramme(now), { addMovies: true, now, partitions, log })),
      ];
      return { loaded: loaded.includes(true) };
    }),
  );
}

interface LoadOptions {
  /** Whether to add the movies when none of them exists. */
  addMovies: boolean;
  now: Date;
  partitions: number;
  log: (line: string) => void;
}

/**
 * Adds a programme: its movies, shows and sales. When its movies exist, adds new upcoming shows if none is
 * left.
 *
 * @returns whether anything was added
 */
async function load(em: EntityManager, programme: Programme, options: LoadOptions): Promise<boolean> {
  const { addMovies, now, partitions, log } = options;
  let movies = await em.find(Movie, { title: { $in: programme.movies.map(({ title }) => title) } });
  const isNew = movies.length === 0;
  if (isNew) {
    if (!addMovies) return false;
    movies = programme.movies.map((movie) => em.create(Movie, movie));
    await em.flush();
    log(`${movies.length} movies`);
  } else if (await em.count(Show, { movie: { $in: movies }, dateTime: { $gt: now } })) {
    return false;
  }
  const ids = new Map(movies.map((movie) => [movie.title, movie.id]));
  const shows = await addShows(em, [...programme.upcoming, ...(isNew ? programme.past : [])], ids);
  log(`${shows.length} shows`);
  if (!shows.some(({ sold }) => sold > 0)) return true;
  const people = { buyers: await addBuyers(em), demo: await findDemo(em) };
  const bookings = sampleSales({ shows, ...people, now, partitions });
  await addBookings(em, bookings);
  log(`${bookings.length} bookings`);
  return true;
}

/** Adds the shows of these movies (ids by title), in order; returns them with their ids. */
async function addShows(em: EntityManager, shows: SampleShow[], movies: ReadonlyMap<string, number>) {
  const wanted = shows.flatMap((show) => {
    const movie = movies.get(show.title);
    return movie === undefined ? [] : [{ show, movie }];
  });
  const rows = wanted.map(({ show: { screenName, dateTime, totalSeats, seatsPerRow }, movie }) => ({
    ...{ screenName, dateTime, totalSeats, seatsPerRow, movie },
  }));
  const added = await em.createQueryBuilder(Show).insert(rows).returning('id').execute<{ id: number }[]>('all', false);
  return added.map(({ id }, i) => ({ ...(wanted[i]?.show as SampleShow), id }));
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

if (import.meta.main) {
  await runCommand(async () => {
    const { values } = parseArgs({ options: { large: { type: 'boolean', default: false } } });
    const log = (line: string) => console.log(`  ${line}`);
    const { loaded } = await seed(databaseUrlOfRunning(loadConfig()), { ...values, log });
    console.log(loaded ? 'Sample data loaded.' : 'Nothing to do: the database already has movies.');
  });
}
