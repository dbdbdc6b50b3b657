import { Heading } from '../lib/heading.tsx';
import { EmptyState, Loading, Outage } from '../lib/notices.tsx';
import { useQuery } from '../lib/query.ts';
import { Link } from '../lib/router.tsx';
import { boxoffice, useUsername } from '../lib/session.ts';
import { BookingItem } from './booking-item.tsx';
import './my-bookings.css';
import { SignedOut } from './signed-out.tsx';

/** Holds end, the counter takes money, and shows are cancelled while the page is open. */
const refreshMs = 15_000;

/** The user's bookings, newest first. */
export function MyBookings({ query }: { query: URLSearchParams }) {
  const username = useUsername();
  return (
    <section className="narrow">
      <Heading title="My bookings" />
      {username === null ? (
        <SignedOut invitation="Sign in to see your bookings." />
      ) : (
        <BookingList key={username} page={Math.max(1, Number(query.get('page')) || 1)} />
      )}
    </section>
  );
}

function BookingList({ page }: { page: number }) {
  const { data, outage, problem, refetch } = useQuery(
    `my bookings ${page}`,
    (signal) => boxoffice.get('/api/my-bookings/', { params: { query: { page } }, signal }),
    { refreshMs },
  );
  return (
    <>
      <Outage message={outage ?? problem?.message} />
      {!data && !outage && !problem && <Loading what="your bookings" />}
      {data?.count === 0 && (
        <EmptyState title="No bookings yet">
          <Link to="/">See what’s on</Link>, pick a show and choose your first seats.
        </EmptyState>
      )}
      <ul className="bookings">
        {data?.results.map((booking) => (
          <BookingItem key={booking.id} booking={booking} onCancelled={refetch} />
        ))}
      </ul>
      {data && (data.next || data.previous) && (
        <nav className="pages" aria-label="Pages">
          {data.previous && <Link to={`/bookings?page=${page - 1}`}>Newer</Link>}
          <span>Page {page}</span>
          {data.next && <Link to={`/bookings?page=${page + 1}`}>Older</Link>}
        </nav>
      )}
    </>
  );
}
