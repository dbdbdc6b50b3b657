import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { type MikroORM, openDatabase } from '@boxoffice/shared/database/orm';
import { createLogger } from '@boxoffice/shared/service/logging';
import { createTestDatabase, type TestDatabase } from '@boxoffice/testing/database';
import { envelope } from '@boxoffice/testing/envelope';
import { eventually } from '@boxoffice/testing/eventually';
import pg from 'pg';
import { Registry } from 'prom-client';
import { afterAll, beforeAll } from 'vitest';
import { presenceClass } from '../src/leases/inspect-locks.ts';
import { TurnMetrics } from '../src/metrics.ts';
import { BookingStore } from '../src/store/booking-store.ts';
import { Turns } from '../src/turn.ts';

const logger = createLogger('booking-worker', { LOG_LEVEL: 'silent' });

/** A database for the turns of one test file. */
class TurnDatabase {
  /** As the worker sees the database. */
  orm!: MikroORM;
  /** With every right. */
  admin!: MikroORM;
  /** Holds the leases of all workers here: each serves a partition of its own. */
  session = 0;
  #partition = 0;
  #database!: TestDatabase;
  #leaseHolder!: pg.Client;

  get url(): string {
    return this.#database.url;
  }

  async open(): Promise<void> {
    this.#database = await createTestDatabase();
    this.orm = await openDatabase({
      url: this.#database.url,
      role: 'boxoffice_worker',
      poolSize: 4,
      statementTimeoutMs: 10_000,
      pipeline: true,
    });
    this.admin = await openDatabase({ url: this.#database.url });
    this.#leaseHolder = new pg.Client({ connectionString: this.#database.url });
    await this.#leaseHolder.connect();
    const { rows } = await this.#leaseHolder.query<{ session: number }>(
      'select 1 as session from pg_try_advisory_lock($1, 1)',
      [presenceClass],
    );
    this.session = rows[0]?.session ?? 0;
  }

  async close(): Promise<void> {
    await this.#leaseHolder.end();
    await this.orm.close();
    await this.admin.close();
    await this.#database.drop();
  }

  /** The turns of a new worker, which holds the lease of one partition, by default of its own. */
  newTurns(
    store = new BookingStore(this.orm),
    partition = this.#partition++,
  ): { decide(requests: BookingRequest[]): Promise<Outcome[]> } {
    const turns = new Turns({ store, logger, metrics: new TurnMetrics(new Registry()) });
    const lease = { partition, session: this.session };
    return { decide: (requests) => turns.decide(requests, lease) };
  }

  async addShow(totalSeats = 100): Promise<number> {
    const [show] = await this.rows<{ id: number }>(
      `with movie as (insert into catalog.movies (title, duration_minutes) values ('The Last Reel', 118) returning id)
       insert into catalog.shows (movie_id, screen_name, date_time, total_seats)
       select id, 'Screen 1', now() + interval '1 day', ? from movie returning id`,
      [totalSeats],
    );
    return show?.id ?? 0;
  }

  /** Changes the rules of a show, as the catalog would. */
  async setRules(showId: number, assignments: string): Promise<void> {
    await this.rows(`update catalog.shows set ${assignments} where id = ?`, [showId]);
  }

  /** Lets the holds of a show end now, as if their time had passed. */
  async endHolds(showId: number): Promise<void> {
    const ended = "now() - interval '1 millisecond'";
    await this.rows(`update booking.bookings set expires_at = ${ended} where show_id = ? and status = 'held'`, [
      showId,
    ]);
    await this.rows(
      `update booking.seat_claims set expires_at = ${ended} where show_id = ? and expires_at is not null`,
      [showId],
    );
  }

  /** Has envelopes decided in one turn: they gather while the previous turn is in progress. */
  async decideTogether(
    turns: ReturnType<TurnDatabase['newTurns']>,
    ...envelopes: BookingRequest[][]
  ): Promise<Outcome[][]> {
    const previous = turns.decide(envelope(await this.addShow(), [{ seats: ['A1'] }]));
    const decided = envelopes.map((requests) => turns.decide(requests));
    await previous;
    return Promise.all(decided);
  }

  /** Waits until a statement waits for another transaction. */
  async blocked(): Promise<void> {
    const sql = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await eventually(async () => (await this.rows(sql)).length > 0);
  }

  claimsOf(showId: number): Promise<{ seat_number: string; booking_id: string }[]> {
    return this.rows('select seat_number, booking_id from booking.seat_claims where show_id = ? order by 1', [showId]);
  }

  /** All rows of a show, to compare before and after. */
  async contentsOf(showId: number): Promise<unknown> {
    const bookings = await this.rows('select * from booking.bookings where show_id = ? order by id', [showId]);
    const requests = await this.rows('select * from booking.requests where show_id = ? order by id', [showId]);
    return [await this.claimsOf(showId), bookings, requests];
  }

  async rows<Row extends object>(statement: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.admin.em.getConnection().execute<Row[]>(statement, parameters);
  }
}

/** Opens a database before the tests of the calling file, and drops it after them. */
export function useTurnDatabase(): TurnDatabase {
  const database = new TurnDatabase();
  beforeAll(() => database.open());
  afterAll(() => database.close());
  return database;
}

export const statuses = (outcomes: Outcome[]) => outcomes.map((outcome) => outcome.status);
export const idOf = (requests: BookingRequest[], place = 0) => requests[place]?.id ?? '';
export const taken = (...seats: string[]) => ({ status: 'rejected', problem: { code: 'seat_taken', seats } });
