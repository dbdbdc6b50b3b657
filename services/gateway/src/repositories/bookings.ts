import { readBookingId } from '@boxoffice/shared/booking-id';
import type { AdminBookingQuery } from '@boxoffice/shared/contracts/booking';
import type { Rows } from '@boxoffice/shared/contracts/pagination';
import { Booking } from '@boxoffice/shared/db/booking';
import type { MikroORM } from '@boxoffice/shared/db/orm';

/** Reads bookings. Only the booking-worker writes them. */
export class Bookings {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** Finds a booking by its id. */
  async find(id: string): Promise<Booking | null> {
    const showId = readBookingId(id)?.showId;
    return showId === undefined ? null : this.#orm.em.fork().findOne(Booking, { showId, id });
  }

  /** Finds the booking that the request with this id made, or cancelled. */
  async findByRequest(id: string): Promise<Booking | null> {
    const showId = readBookingId(id)?.showId;
    return showId === undefined
      ? null
      : this.#orm.em.fork().findOne(Booking, { showId, $or: [{ id }, { cancelledBy: id }] });
  }

  /** One page of bookings, newest first. */
  async list(
    query: Pick<AdminBookingQuery, 'user_id' | 'show_id' | 'status' | 'page' | 'page_size'>,
  ): Promise<Rows<Booking>> {
    const [results, count] = await this.#orm.em.fork().findAndCount(
      Booking,
      {
        ...(query.user_id !== undefined && { userId: query.user_id }),
        ...(query.show_id !== undefined && { showId: query.show_id }),
        ...(query.status !== undefined && { status: query.status }),
      },
      // An id begins with its time, so this is by time of acceptance.
      { orderBy: { id: 'desc' }, limit: query.page_size, offset: (query.page - 1) * query.page_size },
    );
    return { count, results };
  }
}
