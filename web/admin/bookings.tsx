import type { AdminBooking } from '@boxoffice/client';
import { boxoffice } from './boxoffice.ts';
import { ConfirmButton } from './confirm.tsx';
import { Input, Select } from './fields.tsx';
import { Heading } from './heading.tsx';
import { Filters, List, useList } from './list.tsx';
import { Link, usePlace } from './place.tsx';
import { momentText } from './words.ts';

const nameOf = ({ user }: AdminBooking) => user?.username ?? 'a user who is gone';

export function Bookings() {
  const { query } = usePlace();
  const answer = useList<AdminBooking>(['username', 'show_id', 'status'], (wanted, signal) =>
    boxoffice.get('/api/admin/bookings/', { params: { query: wanted }, signal }),
  );
  return (
    <>
      <Heading text="Bookings" />
      <Filters>
        <Input label="User name" name="username" value={query.get('username') ?? ''} />
        <Input label="Show, by number" name="show_id" value={query.get('show_id') ?? ''} />
        <Select
          label="Status"
          name="status"
          value={query.get('status') ?? ''}
          options={[
            ['', 'Any'],
            ['booked', 'Booked'],
            ['cancelled', 'Cancelled'],
          ]}
        />
      </Filters>
      <List
        answer={answer}
        noun="booking"
        caption="Bookings"
        columns={[
          { title: 'Made', show: (booking) => momentText(booking.created_at) },
          {
            title: 'User',
            show: (booking) =>
              booking.user ? <Link to={`users/${booking.user.id}`}>{booking.user.username}</Link> : nameOf(booking),
          },
          { title: 'Movie', show: ({ show }) => show?.movie.title ?? '' },
          {
            title: 'Show',
            show: ({ show, show_id }) => (
              <Link to={`shows/${show_id}`}>{show ? momentText(show.date_time) : `Show ${show_id}`}</Link>
            ),
          },
          { title: 'Seats', show: (booking) => booking.seats.join(' ') },
          { title: 'Status', show: (booking) => <span className={`tag ${booking.status}`}>{booking.status}</span> },
          {
            title: 'Actions',
            show: (booking) =>
              booking.status === 'booked' && (
                <ConfirmButton
                  text="Cancel it"
                  of={`${booking.seats.join(' ')} of ${nameOf(booking)}`}
                  question={`Cancel ${booking.seats.join(', ')} of ${nameOf(booking)}? The seats are free for others at once.`}
                  onConfirm={async () => {
                    await boxoffice.post('/api/admin/bookings/{id}/cancel/', { params: { path: { id: booking.id } } });
                    answer.askAgain();
                  }}
                />
              ),
          },
        ]}
      />
    </>
  );
}
