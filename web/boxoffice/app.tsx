import { type ReactNode, useState } from 'react';
import { Brand } from '../lib/brand.tsx';
import { Link, useLocation } from '../lib/router.tsx';
import { signOut, useUsername } from '../lib/session.ts';
import { Account } from './account.tsx';
import { BookingPage } from './booking-page.tsx';
import { MoviePage } from './movie.tsx';
import { MyBookings } from './my-bookings.tsx';
import { NotFound } from './not-found.tsx';
import { PaymentPage } from './payment-page.tsx';
import { Programme } from './programme.tsx';
import { ShowPage } from './show.tsx';
import { SignIn } from './sign-in.tsx';

export function App() {
  const { path, query } = useLocation();
  return (
    <>
      <Header path={path} />
      <main>{pageAt(path, query)}</main>
    </>
  );
}

function pageAt(path: string, query: URLSearchParams): ReactNode {
  const [, section, id = ''] = /^\/(\w*)(?:\/([\w-]+))?$/.exec(path) ?? [];
  const number = /^\d{1,9}$/.test(id) ? Number(id) : null;
  if (section === '') return <Programme query={query} />;
  if (section === 'movies' && number) return <MoviePage key={number} id={number} />;
  if (section === 'shows' && number) return <ShowPage key={number} id={number} />;
  if (section === 'account' && !id) return <Account />;
  if (section === 'bookings') return id ? <BookingPage key={id} id={id} /> : <MyBookings query={query} />;
  if (section === 'payments' && id) return <PaymentPage key={id} id={id} />;
  return <NotFound title="Page not found">There is no page at this address.</NotFound>;
}

const links = { '/': 'What’s on', '/bookings': 'My bookings' };

function Header({ path }: { path: string }) {
  const username = useUsername();
  const [isSigningIn, setIsSigningIn] = useState(false);
  const closeSignIn = () => setIsSigningIn(false);
  return (
    <header className="header">
      <Brand />
      <nav className="nav" aria-label="Box office">
        {Object.entries(links).map(([to, name]) => (
          <Link key={to} to={to} aria-current={path === to ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <p className="user">
        {username !== null && (
          <Link
            to="/account"
            aria-label={`${username}, your account`}
            aria-current={path === '/account' ? 'page' : undefined}
          >
            {username}
          </Link>
        )}
        <button type="button" onClick={() => (username === null ? setIsSigningIn(true) : void signOut())}>
          {username === null ? 'Sign in' : 'Sign out'}
        </button>
      </p>
      {isSigningIn && <SignIn onDone={closeSignIn} onClose={closeSignIn} />}
    </header>
  );
}
