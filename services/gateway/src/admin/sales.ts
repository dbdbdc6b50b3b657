import { firstIdAt } from '@boxoffice/shared/booking-id';
import { canonicalTimeZone } from '@boxoffice/shared/contracts/catalog';
import type { DashboardQuery, DaySales } from '@boxoffice/shared/contracts/dashboard';
import type { MikroORM } from '@boxoffice/shared/database/orm';

const dayMs = 24 * 60 * 60 * 1_000;
const bestSellingLimit = 10;

/** Totals the sales of recent days. Reads only the bookings of those days, by their ids. */
export class Sales {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /** Every one of these days, oldest first, including those without sales. */
  async perDay({ days, time_zone }: DashboardQuery): Promise<DaySales[]> {
    const zone = canonicalTimeZone(time_zone);
    return this.#orm.em.getConnection().execute<DaySales[]>(
      `with today as (select (now() at time zone ?)::date as date)
       select day::date::text as date,
         count(id) filter (where status in ('held', 'booked'))::int as bookings,
         coalesce(sum(cardinality(seats)) filter (where status in ('held', 'booked')), 0)::int as seats,
         coalesce(sum(cardinality(seats)) filter (where status = 'cancelled'), 0)::int as cancelled_seats
       from today
         cross join lateral generate_series(today.date - (?::int - 1), today.date, interval '1 day') as day
         left join booking.bookings
           on bookings.id >= ?::uuid and (bookings.created_at at time zone ?)::date = day::date
       group by day order by day`,
      [zone, days, firstId(days), zone],
    );
  }

  /** The shows that sold the most seats in these days, best-selling first. */
  async perShow({ days, time_zone }: DashboardQuery): Promise<{ show_id: number; bookings: number; seats: number }[]> {
    const zone = canonicalTimeZone(time_zone);
    return this.#orm.em.getConnection().execute(
      `select show_id, count(*)::int as bookings, sum(cardinality(seats))::int as seats from booking.bookings
       where id >= ?::uuid and status in ('held', 'booked')
         and (created_at at time zone ?)::date > (now() at time zone ?)::date - ?::int
       group by show_id order by seats desc, show_id limit ?`,
      [firstId(days), zone, zone, days, bestSellingLimit],
    );
  }
}

/** An id before any booking of these days in any time zone; one extra day covers clock differences. */
function firstId(days: number): string {
  return firstIdAt(Date.now() - (days + 1) * dayMs);
}
