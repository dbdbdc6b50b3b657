import type { AdminBooking } from '@boxoffice/client';
import { Input, Select } from '../../lib/fields.tsx';
import { formatDateTime } from '../../lib/format.ts';
import { formatMoney } from '../../lib/money.ts';
import { Link, useLocation } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { Filters } from '../list/filters.tsx';
import { List } from '../list/list.tsx';
import { useList } from '../list/use-list.ts';
import { PageHead } from '../page-head.tsx';
import { isDue, isLive, usernameOf } from './booking-facts.ts';
import { CancelBooking } from './cancel-booking.tsx';

const statusOptions = [
  ['', 'Any'],
  ['held', 'Held'],
  ['booked', 'Booked'],
  ['cancelled', 'Cancelled'],
  ['expired', 'Expired'],
] as const;

export function Bookings() {
  const { query } = useLocation();
  const bookings = useList<AdminBooking>(['code', 'username', 'show_id', 'status'], (parameters, signal) =>
    boxoffice.get('/api/admin/bookings/', { params: { query: parameters }, signal }),
  );
  return (
    <>
      <PageHead title="Bookings" />
      <Filters>
        <Input label="Code" name="code" value={query.get('code') ?? ''} />
        <Input label="User name" name="username" value={query.get('username') ?? ''} />
        <Input label="Show ID" name="show_id" value={query.get('show_id') ?? ''} />
        <Select label="Status" name="status" value={query.get('status') ?? ''} options={[...statusOptions]} />
      </Filters>
      <List
        query={bookings}
        noun="booking"
        name="Bookings"
        empty={
          <>
            Bookings appear here as soon as someone books. Try it in the <a href="/boxoffice/">box office</a>.
          </>
        }
        columns={[
          {
            title: 'Created',
            show: ({ id, created_at }) => <Link to={`/bookings/${id}`}>{formatDateTime(created_at)}</Link>,
          },
          { title: 'Code', show: ({ code }) => code && <code className="short-code">{code}</code> },
          {
            title: 'User',
            show: (booking) =>
              booking.user ? (
                <Link to={`/users/${booking.user.id}`}>{booking.user.username}</Link>
              ) : (
                usernameOf(booking)
              ),
          },
          { title: 'Movie', show: ({ show }) => show?.movie.title ?? '' },
          {
            title: 'Show',
            show: ({ show, show_id }) => (
              <Link to={`/shows/${show_id}`}>{show ? formatDateTime(show.date_time) : `Show ${show_id}`}</Link>
            ),
          },
          { title: 'Seats', show: (booking) => booking.seats.join(' ') },
          { title: 'Total', show: totalOf, isNumber: true },
          {
            title: 'Status',
            show: ({ status }) => <span className={status === 'booked' ? 'tag' : 'tag off'}>{status}</span>,
          },
          {
            title: 'Actions',
            show: (booking) => isLive(booking) && <CancelBooking booking={booking} onCancelled={bookings.refetch} />,
          },
        ]}
      />
    </>
  );
}

function totalOf(booking: AdminBooking) {
  const { total, paid_at } = booking;
  if (!total) return null;
  const amount = formatMoney(total.amount, total.currency);
  if (paid_at) return `${amount} paid`;
  return isDue(booking) ? `${amount} due` : amount;
}
