import { canonicalTimeZone } from '@boxoffice/shared/contracts/catalog';
import { type DayTakings, type TakingsQuery, takingsShowLimit } from '@boxoffice/shared/contracts/takings';
import type { MikroORM } from '@boxoffice/shared/database/orm';
import { readDatabase } from '../bookings/index.ts';

/** Totals the payments that were taken at the counter. */
export class Takings {
  readonly #orm: MikroORM;

  constructor(orm: MikroORM) {
    this.#orm = orm;
  }

  /**
   * The payments of one day. One statement, so that all sums are of the same instant; it reads the payments of that
   * day only, by their time.
   *
   * @throws {ProblemError} database_unavailable
   */
  async ofDay({ date, time_zone }: TakingsQuery): Promise<DayTakings> {
    const zone = canonicalTimeZone(time_zone);
    const parameters = [date ?? null, zone, zone, zone, takingsShowLimit];
    const [row] = await readDatabase(() => this.#orm.em.getConnection().execute<[DayTakings]>(dayTakings, parameters));
    return row;
  }
}

const sums = `currency, count(*) as bookings, sum(total) as amount,
  count(*) filter (where status = 'cancelled') as cancelled_bookings,
  coalesce(sum(total) filter (where status = 'cancelled'), 0) as cancelled_amount`;

const dayTakings = `
  with today as (select coalesce(?::date, (now() at time zone ?)::date) as date),
    paid as materialized (
      select show_id, total, currency, status, paid_with from booking.bookings, today
      where paid_at >= today.date::timestamp at time zone ? and paid_at < (today.date + 1)::timestamp at time zone ?
    ),
    by_currency as (select ${sums} from paid group by currency order by currency),
    by_paid_with as (select paid_with, ${sums} from paid group by currency, paid_with order by currency, paid_with),
    by_show as (select show_id, ${sums} from paid group by show_id, currency)
  select date::text,
    (select coalesce(json_agg(by_currency), '[]') from by_currency) as by_currency,
    (select coalesce(json_agg(by_paid_with), '[]') from by_paid_with) as by_paid_with,
    (select coalesce(json_agg(listed), '[]') from
      (select * from by_show order by currency, amount desc, show_id limit ?) as listed) as by_show,
    (select count(*)::int from by_show) as show_count
  from today`;
