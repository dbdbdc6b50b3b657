import { readBookingId } from '@boxoffice/shared/booking-id';
import type { AdminBookingQuery } from '@boxoffice/shared/contracts/booking';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import { Booking } from '@boxoffice/shared/database/entities/booking';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { readDatabase } from './database-read.ts';

/** The most bookings that are counted for a list. */
const countLimit = 100_000;

type BookingQuery = Pick<AdminBookingQuery, 'user_id' | 'show_id' | 'status' | 'code' | 'page' | 'page_size'>;

/** Reads bookings; only the booking-worker writes them. */
export class Bookings {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /**
   * Finds a booking by its id.
   *
   * @throws {ProblemError} database_unavailable
   */
  async find(id: string): Promise<Booking | null> {
    const showId = readBookingId(id)?.showId;
    if (showId === undefined) return null;
    return readDatabase(() => this.#orm.em.fork().findOne(Booking, { showId, id }));
  }

  /**
   * One page of bookings, newest first. Counting stops at 100,000, because counting millions takes too long to wait for.
   *
   * @throws {ProblemError} database_unavailable
   */
  list(query: BookingQuery): Promise<Rows<Booking>> {
    return readDatabase(() => this.#list(query));
  }

  async #list(query: BookingQuery): Promise<Rows<Booking>> {
    const em = this.#orm.em.fork();
    const where = {
      ...(query.user_id !== undefined && { userId: query.user_id }),
      ...(query.show_id !== undefined && { showId: query.show_id }),
      ...(query.status !== undefined && { status: query.status }),
      ...(query.code !== undefined && { code: query.code }),
    };
    const counted = em.createQueryBuilder(Booking).select('id').where(where).limit(countLimit);
    const [row] = await em.execute<{ count: number }[]>(
      `select count(*)::int as count from (${counted.getQuery()}) as counted`,
      [...counted.getParams()],
    );
    // Ids begin with the time of acceptance, so this sorts by it.
    const order = { orderBy: { id: 'desc' } } as const;
    const page = { limit: query.page_size, offset: (query.page - 1) * query.page_size };
    return { count: row?.count ?? 0, results: await em.find(Booking, where, { ...order, ...page }) };
  }
}
