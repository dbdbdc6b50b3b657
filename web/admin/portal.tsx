import { ProblemError, type User } from '@boxoffice/client';
import { type ReactNode, useEffect } from 'react';
import { inWords, shutOut, useAnswer } from './answer.ts';
import { Audit } from './audit.tsx';
import { Bookings } from './bookings.tsx';
import { boxoffice } from './boxoffice.ts';
import { Dashboard } from './dashboard/dashboard.tsx';
import { Input } from './fields.tsx';
import { Form, Trouble } from './form.tsx';
import { Heading } from './heading.tsx';
import { EditMovie, Movies, NewMovie } from './movies.tsx';
import { go, Link, type Place, usePlace } from './place.tsx';
import { NewRun } from './show-run.tsx';
import { EditShow, NewShow, Shows } from './shows.tsx';
import { EditUser, NewUser, Users } from './users.tsx';

/** The whole portal: who is no administrator gets as far as the login. */
export function Portal() {
  const me = useAnswer('me', (signal) => whoAmI(signal));
  useEffect(() => {
    window.addEventListener(shutOut, me.askAgain);
    return () => window.removeEventListener(shutOut, me.askAgain);
  }, [me.askAgain]);
  if (me.data === undefined) {
    return (
      <main className="gate">
        <Trouble error={me.error} />
        {me.error ? (
          <button type="button" onClick={me.askAgain}>
            Try again
          </button>
        ) : (
          <p className="muted">Loading …</p>
        )}
      </main>
    );
  }
  if (me.data?.role !== 'admin') return <Gate me={me.data} onChange={me.askAgain} />;
  return <Rooms me={me.data} onLeave={me.askAgain} />;
}

/** Null when nobody is logged in, or nobody any more. */
async function whoAmI(signal: AbortSignal): Promise<User | null> {
  if (!boxoffice.isLoggedIn()) return null;
  try {
    return await boxoffice.get('/api/auth/me/', { signal });
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'unauthenticated') return null;
    throw error;
  }
}

function Gate({ me, onChange }: { me: User | null; onChange: () => void }) {
  const logIn = async ({ username = '', password = '' }: Record<string, string>) => {
    await boxoffice.logIn({ username, password });
    onChange();
  };
  const leave = async () => {
    await boxoffice.logOut().catch(() => undefined); // here the tokens are gone in any case
    onChange();
  };
  return (
    <main className="gate">
      <Heading text="Boxoffice Admin" />
      {me ? (
        <div className="card form">
          <p role="alert">
            You are logged in as <strong>{me.username}</strong>, who is no administrator. This portal is for
            administrators only.
          </p>
          <div className="buttons">
            <a className="button first" href="/boxoffice/">
              To the box office
            </a>
            <button type="button" onClick={leave}>
              Log in as someone else
            </button>
          </div>
        </div>
      ) : (
        <Form submitText="Log in" onSubmit={logIn}>
          {() => (
            <>
              <Input label="User name" name="username" autoComplete="username" required />
              <Input label="Password" name="password" type="password" autoComplete="current-password" required />
            </>
          )}
        </Form>
      )}
    </main>
  );
}

const rooms = {
  '': 'Dashboard',
  movies: 'Movies',
  shows: 'Shows',
  bookings: 'Bookings',
  users: 'Users',
  audit: 'Audit',
};

function Rooms({ me, onLeave }: { me: User; onLeave: () => void }) {
  const place = usePlace();
  const leave = async () => {
    await boxoffice.logOut().catch((error) => console.warn(inWords(error)));
    go('');
    onLeave();
  };
  return (
    <>
      <a className="skip" href="#main">
        To the content
      </a>
      <header className="bar">
        <a className="brand" href="/">
          Boxoffice
        </a>
        <nav aria-label="Admin">
          {Object.entries(rooms).map(([room, name]) => (
            <Link key={room} to={room} aria-current={(place.rooms[0] ?? '') === room ? 'page' : undefined}>
              {name}
            </Link>
          ))}
          <a href="/ops/queues/">Queues</a>
        </nav>
        <p className="me">
          {me.username}{' '}
          <button type="button" onClick={leave}>
            Log out
          </button>
        </p>
      </header>
      <main id="main">{viewOf(place, me)}</main>
    </>
  );
}

function viewOf({ rooms: [room = '', item, ...rest], query }: Place, me: User): ReactNode {
  const id = Number(item);
  if (rest.length === 0) {
    if (room === '' && !item) return <Dashboard />;
    if (room === 'movies') return !item ? <Movies /> : item === 'new' ? <NewMovie /> : <EditMovie key={id} id={id} />;
    if (room === 'shows') {
      if (item === 'run') return <NewRun movieId={query.get('movie_id') ?? ''} />;
      return !item ? <Shows /> : item === 'new' ? <NewShow /> : <EditShow key={id} id={id} />;
    }
    if (room === 'bookings' && !item) return <Bookings />;
    if (room === 'users') {
      return !item ? <Users me={me} /> : item === 'new' ? <NewUser /> : <EditUser key={id} id={id} me={me} />;
    }
    if (room === 'audit' && !item) return <Audit />;
  }
  return (
    <>
      <Heading text="There is nothing here" />
      <p>
        <Link to="">To the dashboard</Link>
      </p>
    </>
  );
}
