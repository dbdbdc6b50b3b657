import type { AdminBooking } from '@boxoffice/client';
import type { ReactNode } from 'react';
import { formatDateTime } from '../../lib/format.ts';
import { formatMoney } from '../../lib/money.ts';
import { Outage } from '../../lib/notices.tsx';
import { Link } from '../../lib/router.tsx';
import { boxoffice } from '../../lib/session.ts';
import { useAdminQuery } from '../access.ts';
import { Fact, Facts } from '../facts.tsx';
import { Table } from '../list/table.tsx';
import { PageHead } from '../page-head.tsx';
import './booking-detail.css';
import { isDue, isLive, usernameOf } from './booking-facts.ts';
import { CancelBooking } from './cancel-booking.tsx';
import { MarkAsPaid } from './mark-as-paid.tsx';

/** One booking: what it is for, what it costs, and whether that has been paid. */
export function BookingDetail({ id }: { id: string }) {
  const {
    data: booking,
    outage,
    problem,
    refetch,
  } = useAdminQuery(`booking ${id}`, (signal) =>
    boxoffice.get('/api/admin/bookings/{id}/', { params: { path: { id } }, signal }),
  );
  return (
    <>
      <PageHead title={booking?.code ? `Booking ${booking.code}` : 'Booking'}>
        {booking?.total && !booking.paid_with && !isDue(booking) && (
          <Link className="button" to={`/payments?booking_id=${id}`}>
            Payments
          </Link>
        )}
        <Link className="button" to={`/audit?subject=booking&subject_id=${id}`}>
          Audit
        </Link>
        {booking && isLive(booking) && <CancelBooking booking={booking} onCancelled={refetch} />}
      </PageHead>
      <Outage message={outage ?? problem?.message} />
      {booking && <BookingFacts booking={booking} />}
      {booking && isDue(booking) && <MarkAsPaid booking={booking} onPaid={refetch} />}
      {booking?.items && booking.total && (
        <section className="card table items">
          <Table
            name="Seats"
            rows={booking.items}
            rowKey={({ seat }) => seat}
            columns={[
              { title: 'Seat', show: ({ seat }) => seat },
              { title: 'Category', show: ({ category }) => category },
              {
                title: 'Price',
                show: ({ amount }) => formatMoney(amount, booking.total?.currency ?? ''),
                isNumber: true,
              },
            ]}
          />
        </section>
      )}
    </>
  );
}

function BookingFacts({ booking }: { booking: AdminBooking }) {
  const { status, show, show_id, user, expires_at, cancelled_at, cancel_reason, total } = booking;
  const showName = show ? `${show.screen_name}, ${formatDateTime(show.date_time)}` : `Show ${show_id}`;
  return (
    <Facts>
      <Fact name="Status">
        <span className={status === 'booked' ? 'tag' : 'tag off'}>{status}</span>
      </Fact>
      <Fact name="Movie">{show?.movie.title}</Fact>
      <Fact name="Show">
        <Link to={`/shows/${show_id}`}>{showName}</Link>
      </Fact>
      <Fact name="Seats">{booking.seats.join(' ')}</Fact>
      <Fact name="User">{user ? <Link to={`/users/${user.id}`}>{user.username}</Link> : usernameOf(booking)}</Fact>
      <Fact name="Created">{formatDateTime(booking.created_at)}</Fact>
      <Fact name="Held until">{expires_at && formatDateTime(expires_at)}</Fact>
      <Fact name="Cancelled">
        {cancelled_at && [formatDateTime(cancelled_at), cancel_reason].filter(Boolean).join(': ')}
      </Fact>
      <Fact name="Total">{total && formatMoney(total.amount, total.currency)}</Fact>
      <Fact name="Payment">{total && paymentOf(booking)}</Fact>
    </Facts>
  );
}

function paymentOf(booking: AdminBooking): ReactNode {
  const { paid_at, paid_by, paid_with, payment_id, status } = booking;
  if (paid_at && payment_id)
    return <Link to={`/payments/${payment_id}`}>{`paid online ${formatDateTime(paid_at)}`}</Link>;
  if (paid_at) {
    const taker = paid_by ? (paid_by.username ?? `user ${paid_by.id}`) : 'someone';
    const refund = status === 'cancelled' ? '. A refund may be due' : '';
    return `paid ${formatDateTime(paid_at)}, ${paid_with}, taken by ${taker}${refund}`;
  }
  return isDue(booking) ? 'due at the counter' : 'nothing due';
}
