import type { User } from '@boxoffice/client';
import type { ReactNode } from 'react';
import { Brand } from '../lib/brand.tsx';
import { Heading } from '../lib/heading.tsx';
import { Link, navigate, useLocation } from '../lib/router.tsx';
import { signOut } from '../lib/session.ts';
import { Account } from './account.tsx';
import { Audit } from './audit/audit.tsx';
import { BookingDetail } from './bookings/booking-detail.tsx';
import { Bookings } from './bookings/booking-list.tsx';
import { Dashboard } from './dashboard/dashboard.tsx';
import { EditMovie, NewMovie } from './movies/movie-form.tsx';
import { Movies } from './movies/movie-list.tsx';
import { PaymentDetail } from './payments/payment-detail.tsx';
import { Payments } from './payments/payment-list.tsx';
import { PaymentSums } from './payments/payment-sums.tsx';
import { EditScreen, NewScreen } from './screens/screen-form.tsx';
import { Screens } from './screens/screen-list.tsx';
import { EditShow, NewShow } from './shows/show-form.tsx';
import { Shows } from './shows/show-list.tsx';
import { NewRun } from './shows/show-run.tsx';
import { Takings } from './takings/takings.tsx';
import { EditUser, NewUser } from './users/user-form.tsx';
import { Users } from './users/user-list.tsx';

const links = {
  '/': 'Dashboard',
  '/movies': 'Movies',
  '/screens': 'Screens',
  '/shows': 'Shows',
  '/bookings': 'Bookings',
  '/payments': 'Payments',
  '/takings': 'Takings',
  '/users': 'Users',
  '/audit': 'Audit',
};

/** The portal's header, and the section that the address names. */
export function Sections({ user, onSignOut }: { user: User; onSignOut: () => void }) {
  const { path, query } = useLocation();
  const current = path.replace(/^(\/\w*).*/, '$1');
  const leave = async () => {
    await signOut();
    navigate('/');
    onSignOut();
  };
  return (
    <>
      <a className="skip" href="#main">
        Skip to content
      </a>
      <header className="header">
        <Brand />
        <nav className="nav" aria-label="Admin">
          {Object.entries(links).map(([to, name]) => (
            <Link key={to} to={to} aria-current={current === to ? 'page' : undefined}>
              {name}
            </Link>
          ))}
          <a href="/ops/queues/">Queues</a>
        </nav>
        <p className="user">
          <Link
            to="/account"
            aria-label={`${user.username}, your account`}
            aria-current={current === '/account' ? 'page' : undefined}
          >
            {user.username}
          </Link>{' '}
          <button type="button" onClick={() => void leave()}>
            Sign out
          </button>
        </p>
      </header>
      <main id="main">{viewAt(path, query, user)}</main>
    </>
  );
}

function viewAt(path: string, query: URLSearchParams, user: User): ReactNode {
  const lists: Record<string, () => ReactNode> = {
    '/': () => <Dashboard />,
    '/movies': () => <Movies />,
    '/movies/new': () => <NewMovie />,
    '/screens': () => <Screens />,
    '/screens/new': () => <NewScreen />,
    '/shows': () => <Shows />,
    '/shows/new': () => <NewShow />,
    '/shows/run': () => <NewRun movieId={query.get('movie_id') ?? ''} />,
    '/bookings': () => <Bookings />,
    '/payments': () => <Payments />,
    '/payments/sums': () => <PaymentSums />,
    '/takings': () => <Takings />,
    '/users': () => <Users currentUser={user} />,
    '/users/new': () => <NewUser />,
    '/audit': () => <Audit />,
    '/account': () => <Account user={user} />,
  };
  if (path in lists) return lists[path]?.();
  const [, list, uuid] = /^\/(bookings|payments)\/([0-9a-f-]{36})$/.exec(path) ?? [];
  if (uuid)
    return list === 'payments' ? <PaymentDetail key={uuid} id={uuid} /> : <BookingDetail key={uuid} id={uuid} />;
  const [, section, number] = /^\/(\w+)\/(\d{1,9})$/.exec(path) ?? [];
  const id = Number(number);
  if (section === 'movies') return <EditMovie key={id} id={id} />;
  if (section === 'screens') return <EditScreen key={id} id={id} />;
  if (section === 'shows') return <EditShow key={id} id={id} />;
  if (section === 'users') return <EditUser key={id} id={id} currentUser={user} />;
  return (
    <>
      <Heading title="Page not found" />
      <p>
        <Link to="/">Go to the dashboard</Link>
      </p>
    </>
  );
}
