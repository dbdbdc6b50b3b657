import type { AdminPayment } from '@boxoffice/client';
import { Input, Select } from '../../lib/fields.tsx';
import { formatDateTime } from '../../lib/format.ts';
import { Link, useLocation } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { Filters } from '../list/filters.tsx';
import { List } from '../list/list.tsx';
import { useList } from '../list/use-list.ts';
import { PageHead } from '../page-head.tsx';
import { attentionOf, priceOf, statuses } from './payment-facts.ts';
import { StatusTag } from './status-tag.tsx';

export function Payments() {
  const { query } = useLocation();
  const payments = useList<AdminPayment>(
    ['needs_attention', 'status', 'show_id', 'booking_id', 'user_id'],
    (parameters, signal) => boxoffice.get('/api/admin/payments/', { params: { query: parameters }, signal }),
  );
  const filterOf = (name: string) => query.get(name) ?? '';
  return (
    <>
      <PageHead title="Payments">
        <Link className="button" to="/payments?needs_attention=true">
          Needs attention
        </Link>
        <Link className="button" to="/payments/sums">
          Daily sums
        </Link>
      </PageHead>
      <Filters>
        <Select
          label="Attention"
          name="needs_attention"
          value={filterOf('needs_attention')}
          options={[
            ['', 'Any'],
            ['true', 'Needs attention'],
            ['false', 'Needs none'],
          ]}
        />
        <Select
          label="Status"
          name="status"
          value={filterOf('status')}
          options={[['', 'Any'], ...Object.entries(statuses)]}
        />
        <Input label="Show ID" name="show_id" value={filterOf('show_id')} />
        <Input label="Booking number" name="booking_id" value={filterOf('booking_id')} />
      </Filters>
      <List
        query={payments}
        noun="payment"
        name="Payments"
        empty="Payments appear here as soon as someone pays online for a show whose payment is “Online”."
        columns={[
          {
            title: 'Begun',
            show: ({ id, created_at }) => <Link to={`/payments/${id}`}>{formatDateTime(created_at)}</Link>,
          },
          { title: 'Status', show: ({ status }) => <StatusTag status={status} /> },
          { title: 'Attention', show: (payment) => attentionOf(payment)?.short },
          {
            title: 'User',
            show: ({ user }) => (user ? <Link to={`/users/${user.id}`}>{user.username}</Link> : 'deleted user'),
          },
          {
            title: 'Booking',
            show: ({ booking_id }) => <Link to={`/bookings/${booking_id}`}>{booking_id.slice(0, 8)}…</Link>,
          },
          { title: 'Show', show: ({ show_id }) => <Link to={`/shows/${show_id}`}>Show {show_id}</Link> },
          { title: 'Provider', show: ({ provider }) => provider },
          { title: 'Amount', show: priceOf, isNumber: true },
        ]}
      />
    </>
  );
}
