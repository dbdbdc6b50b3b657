import type { PaymentSums as Sums } from '@boxoffice/client';
import { Input } from '../../lib/fields.tsx';
import { formatCalendarDate, formatNumber } from '../../lib/format.ts';
import { formatMoney } from '../../lib/money.ts';
import { EmptyState, Outage } from '../../lib/notices.tsx';
import { Link, useLocation } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { Filters } from '../list/filters.tsx';
import { type Column, Table } from '../list/table.tsx';
import { PageHead } from '../page-head.tsx';

type Sum = Sums['results'][number];

/** The sums of one day in one currency, by state. */
interface DayOfSums {
  day: string;
  currency: string;
  byState: Partial<Record<Sum['state'], Sum>>;
}

const dayMs = 24 * 60 * 60 * 1_000;

/** What reached which state on which day, to be compared with the provider's reports: so days are in UTC. */
export function PaymentSums() {
  const { query } = useLocation();
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  const { data, outage, problem } = useAdminQuery(`payment sums ${from} ${to}`, (signal) => {
    const parameters = { ...(from && { from: midnight(from) }), ...(to && { to: midnight(to, 1) }) };
    return boxoffice.get('/api/admin/payments/sums/', { params: { query: parameters }, signal });
  });
  return (
    <>
      <PageHead title="Daily sums of payments">
        <Link className="button" to="/payments">
          Payments
        </Link>
      </PageHead>
      <Filters>
        <Input label="First day" name="from" type="date" value={from} />
        <Input label="Last day" name="to" type="date" value={to} />
      </Filters>
      <p className="muted">
        What reached each state on a day, in UTC as in the provider’s reports{!from && ', for the last 30 days'}. A
        payment that was captured and refunded is in both sums.
      </p>
      <Outage message={outage ?? problem?.message} />
      {data?.results.length === 0 && <EmptyState title="No payments on these days" />}
      {data && data.results.length > 0 && (
        <section className="card table">
          <Table
            name="Daily sums of payments"
            rows={daysOf(data)}
            rowKey={({ day, currency }) => `${day} ${currency}`}
            columns={columns}
          />
        </section>
      )}
    </>
  );
}

const sumColumn = (title: string, state: Sum['state']): Column<DayOfSums> => ({
  title,
  show: ({ byState: { [state]: sum } }) =>
    sum && `${formatMoney(sum.amount, sum.currency)} (${formatNumber(sum.payments)})`,
  isNumber: true,
});

const columns: Column<DayOfSums>[] = [
  { title: 'Day', show: ({ day }) => formatCalendarDate(day) },
  { title: 'Currency', show: ({ currency }) => currency },
  sumColumn('Authorised', 'authorized'),
  sumColumn('Captured', 'captured'),
  sumColumn('Refunded', 'refunded'),
  {
    title: 'Captured − refunded',
    show: ({ byState: { captured, refunded }, currency }) =>
      formatMoney((captured?.amount ?? 0) - (refunded?.amount ?? 0), currency),
    isNumber: true,
  },
  sumColumn('Voided', 'voided'),
  sumColumn('Failed', 'failed'),
];

/** One entry for each day and currency, in the order of the sums. */
function daysOf({ results }: Sums): DayOfSums[] {
  const days = new Map<string, DayOfSums>();
  for (const sum of results) {
    const { day, currency, state } = sum;
    const entry = days.get(`${day} ${currency}`) ?? { day, currency, byState: {} };
    entry.byState[state] = sum;
    days.set(`${day} ${currency}`, entry);
  }
  return [...days.values()];
}

/** The beginning of a day in UTC, or of one so many days later. */
const midnight = (date: string, daysLater = 0) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + daysLater * dayMs).toISOString();
