import { useState } from 'react';
import { MoviePage } from './movie.tsx';
import { MyBookings } from './my-bookings.tsx';
import { Nowhere } from './notices.tsx';
import { Programme } from './programme.tsx';
import { Link, useLocation } from './router.tsx';
import { boxoffice, useVisitor } from './session.ts';
import { ShowPage } from './show.tsx';
import { SignIn } from './sign-in.tsx';
import { TicketPage } from './ticket.tsx';

export function App() {
  const { path, query } = useLocation();
  return (
    <>
      <Bar path={path} />
      <main>
        <Page path={path} query={query} />
      </main>
    </>
  );
}

function Page({ path, query }: { path: string; query: URLSearchParams }) {
  const [, room, id = ''] = /^\/(\w*)(?:\/([\w-]+))?$/.exec(path) ?? [];
  const number = /^\d{1,9}$/.test(id) ? Number(id) : null;
  if (room === '') return <Programme query={query} />;
  if (room === 'movies' && number) return <MoviePage key={number} id={number} />;
  if (room === 'shows' && number) return <ShowPage key={number} id={number} />;
  if (room === 'bookings') return id ? <TicketPage id={id} isNew={query.has('new')} /> : <MyBookings query={query} />;
  return <Nowhere title="There is nothing here">The address leads nowhere.</Nowhere>;
}

function Bar({ path }: { path: string }) {
  const visitor = useVisitor();
  const [asksWho, setAsksWho] = useState(false);
  const here = (to: string) => (path === to ? ({ 'aria-current': 'page' } as const) : {});
  const signOut = () => {
    // What was chosen and begun here was this visitor's.
    sessionStorage.clear();
    // The tokens are forgotten here in any case; the server may be away.
    boxoffice.logOut().catch(() => {});
  };
  return (
    <header className="bar">
      <a className="brand" href="/">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M5 7h22a2 2 0 0 1 2 2v4a3 3 0 0 0 0 6v4a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4a3 3 0 0 0 0-6V9a2 2 0 0 1 2-2zm14.5 2.5v3h2v-3zm0 5v3h2v-3zm0 5v3h2v-3z" />
        </svg>
        Boxoffice
      </a>
      <nav className="nav" aria-label="Box office">
        <Link to="/" {...here('/')}>
          What is playing
        </Link>
        <Link to="/bookings" {...here('/bookings')}>
          My bookings
        </Link>
      </nav>
      <p className="visitor">
        {visitor ? (
          <>
            <span>{visitor.username}</span>
            <button type="button" className="plain" onClick={signOut}>
              Sign out
            </button>
          </>
        ) : (
          <button type="button" className="plain" onClick={() => setAsksWho(true)}>
            Sign in
          </button>
        )}
      </p>
      {asksWho && <SignIn onDone={() => setAsksWho(false)} onClose={() => setAsksWho(false)} />}
    </header>
  );
}
