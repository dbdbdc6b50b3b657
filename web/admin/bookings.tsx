import type { AdminBooking } from '@boxoffice/client';
import { ConfirmButton } from '../lib/confirm-button.tsx';
import { Input, Select } from '../lib/fields.tsx';
import { formatDateTime } from '../lib/format.ts';
import { Link, useLocation } from '../lib/router.tsx';
import { boxoffice } from '../lib/session.ts';
import { Filters } from './list/filters.tsx';
import { List } from './list/list.tsx';
import { useList } from './list/use-list.ts';
import { PageHead } from './page-head.tsx';

const statusOptions = [
  ['', 'Any'],
  ['booked', 'Booked'],
  ['cancelled', 'Cancelled'],
] as const;

const usernameOf = ({ user }: AdminBooking) => user?.username ?? 'deleted user';

export function Bookings() {
  const { query } = useLocation();
  const bookings = useList<AdminBooking>(['username', 'show_id', 'status'], (parameters, signal) =>
    boxoffice.get('/api/admin/bookings/', { params: { query: parameters }, signal }),
  );
  return (
    <>
      <PageHead title="Bookings" />
      <Filters>
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
          { title: 'Booked', show: (booking) => formatDateTime(booking.created_at) },
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
          {
            title: 'Status',
            show: ({ status }) => <span className={status === 'booked' ? 'tag' : 'tag off'}>{status}</span>,
          },
          {
            title: 'Actions',
            show: (booking) =>
              booking.status === 'booked' && <CancelBooking booking={booking} onCancelled={bookings.refetch} />,
          },
        ]}
      />
    </>
  );
}

function CancelBooking({ booking, onCancelled }: { booking: AdminBooking; onCancelled: () => void }) {
  const subject = `${booking.seats.join(' ')} of ${usernameOf(booking)}`;
  return (
    <ConfirmButton
      action="Cancel booking"
      subject={subject}
      title="Cancel this booking?"
      onConfirm={async () => {
        await boxoffice.post('/api/admin/bookings/{id}/cancel/', { params: { path: { id: booking.id } } });
        onCancelled();
      }}
    >
      {subject}. The seats become available to others immediately.
    </ConfirmButton>
  );
}
