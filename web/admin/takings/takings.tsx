import type { Takings as DayTakings } from '@boxoffice/client';
import { Input } from '../../lib/fields.tsx';
import { formatDateTime, formatFullDate, formatNumber, timeZone } from '../../lib/format.ts';
import { formatMoney } from '../../lib/money.ts';
import { EmptyState, Outage } from '../../lib/notices.tsx';
import { Link, useLocation } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { paymentMethods } from '../bookings/booking-facts.ts';
import { Filters } from '../list/filters.tsx';
import { type Column, Table } from '../list/table.tsx';
import { PageHead } from '../page-head.tsx';

const refreshMs = 15_000;
const rowNames = { ...paymentMethods, total: <strong>Total</strong> };

type Sums = Pick<
  DayTakings['by_show'][number],
  'currency' | 'bookings' | 'amount' | 'cancelled_bookings' | 'cancelled_amount'
>;

/** What was paid at the counter on one day, in the browser's time zone. */
export function Takings() {
  const { query } = useLocation();
  const date = query.get('date') ?? '';
  const { data, outage, problem } = useAdminQuery(
    `takings ${date}`,
    (signal) => {
      const parameters = { time_zone: timeZone, ...(date && { date }) };
      return boxoffice.get('/api/admin/takings/', { params: { query: parameters }, signal });
    },
    { refreshMs },
  );
  return (
    <>
      <PageHead title="Takings" />
      <Filters>
        {/* The day that is shown, which is the server's today until one is chosen. */}
        <Input key={data?.date} label="Day" name="date" type="date" value={date || data?.date} />
      </Filters>
      <Outage message={outage ?? problem?.message} />
      {data && <Day takings={data} />}
    </>
  );
}

function Day({ takings: { date, by_currency, by_paid_with, by_show, show_count } }: { takings: DayTakings }) {
  const day = formatFullDate(date);
  if (by_paid_with.length === 0) {
    return (
      <EmptyState title={`Nothing was paid on ${day}`}>
        Mark bookings as paid under <Link to="/bookings">Bookings</Link>: search for the code on the ticket.
      </EmptyState>
    );
  }
  const others = show_count - by_show.length;
  return (
    <>
      <section className="card table" aria-labelledby="takings-of-day">
        <h2 id="takings-of-day">{day}</h2>
        <Table
          name={`Takings of ${day}`}
          rows={[...by_paid_with, ...by_currency.map((sums) => ({ ...sums, paid_with: 'total' as const }))]}
          rowKey={({ currency, paid_with }) => `${currency} ${paid_with}`}
          columns={[{ title: 'Paid with', show: ({ paid_with }) => rowNames[paid_with] }, ...sumColumns]}
        />
      </section>
      <section className="card table" aria-labelledby="takings-by-show">
        <h2 id="takings-by-show">By show</h2>
        <Table
          name="Takings by show"
          rows={by_show}
          rowKey={({ show_id, currency }) => `${show_id} ${currency}`}
          columns={[
            {
              title: 'Show',
              show: ({ show_id, show }) => (
                <Link to={`/bookings?show_id=${show_id}`}>{show?.movie.title ?? `Show ${show_id}`}</Link>
              ),
            },
            { title: 'Starts', show: ({ show }) => show && formatDateTime(show.date_time) },
            { title: 'Screen', show: ({ show }) => show?.screen_name },
            ...sumColumns,
          ]}
        />
        {others > 0 && <p className="pager">And {formatNumber(others)} more.</p>}
      </section>
    </>
  );
}

const sumColumns: Column<Sums>[] = [
  { title: 'Bookings', show: ({ bookings }) => formatNumber(bookings), isNumber: true },
  { title: 'Taken', show: ({ amount, currency }) => formatMoney(amount, currency), isNumber: true },
  {
    title: 'Cancelled since',
    show: ({ cancelled_bookings, cancelled_amount, currency }) =>
      cancelled_bookings > 0 && `${formatNumber(cancelled_bookings)}: ${formatMoney(cancelled_amount, currency)}`,
    isNumber: true,
  },
];
