import { ProblemError, type Show } from '@boxoffice/client';
import { useCallback, useEffect, useState } from 'react';
import { type Attempt, beginAttempt, findAttempt, forgetAttempt, type Progress, seeThrough } from './attempt.ts';
import { useLiveSeats } from './live-seats.ts';
import { Loading, Nowhere, Trouble } from './notices.tsx';
import { useReading } from './reading.ts';
import { Heading, Link, navigate } from './router.tsx';
import { SeatGrid } from './seat-grid.tsx';
import { boxoffice, useVisitor } from './session.ts';
import { SignIn } from './sign-in.tsx';
import { counted, dayOf, listed, refusalOf, timeOf } from './words.ts';

const seatLimit = 10;

/** One show: choose seats on the live map, and book them. */
export function ShowPage({ id }: { id: number }) {
  const { value, trouble, problem } = useReading(`show ${id}`, async (signal) => {
    const show = await boxoffice.get('/api/shows/{id}/', { params: { path: { id } }, signal });
    const movie = await boxoffice.get('/api/movies/{id}/', { params: { path: { id: show.movie_id } }, signal });
    return { show, movie };
  });
  if (problem) return <Nowhere title="No such show">It is not on the programme, or not any more.</Nowhere>;
  if (!value) return trouble ? <Trouble text={trouble} /> : <Loading of="the show" />;
  const { show, movie } = value;
  return (
    <>
      <div className="show-head">
        <Heading title={movie.title} />
        <p className="facts">
          {dayOf(show.date_time)}, {timeOf(show.date_time)} · {show.screen_name} ·{' '}
          <Link to={`/movies/${movie.id}`}>other shows</Link>
        </p>
      </div>
      <Counter key={show.id} show={show} />
    </>
  );
}

/** The map, and what is done with it. */
function Counter({ show }: { show: Show }) {
  const visitor = useVisitor();
  const [chosen, setChosen] = useChoice(show.id);
  const [notice, setNotice] = useState<string>();
  const [attempt, setAttempt] = useState<Attempt | null>(() => findAttempt(show.id));
  const [progress, setProgress] = useState<Progress>({ kind: 'sending' });
  const [asksWho, setAsksWho] = useState(false);

  const lose = useCallback(
    (taken: string[]) => {
      setChosen((seats) => seats.filter((seat) => !taken.includes(seat)));
      setNotice(`${listed(taken)} ${taken.length === 1 ? 'was' : 'were'} just taken.`);
    },
    [setChosen],
  );

  const { map, trouble } = useLiveSeats(show.id);
  useEffect(() => {
    // What others take is lost; what we are about to get ourselves is not.
    if (!map || attempt) return;
    const free = new Set(
      map.seats.filter(({ status }) => status === 'available').map(({ seat_number }) => seat_number),
    );
    const taken = chosen.filter((seat) => !free.has(seat));
    if (taken.length) lose(taken);
  }, [map, attempt, chosen, lose]);

  useEffect(() => {
    if (!attempt || asksWho) return;
    const stopping = new AbortController();
    const { signal } = stopping;
    const end = () => {
      forgetAttempt(show.id);
      setAttempt(null);
    };
    setProgress({ kind: 'sending' });
    seeThrough(attempt, { signal, onProgress: (next) => signal.aborted || setProgress(next) }).then(
      (booking) => {
        if (signal.aborted) return;
        end();
        setChosen([]);
        navigate(`/bookings/${booking.id}?new`);
      },
      (reason: unknown) => {
        if (signal.aborted) return;
        if (reason instanceof ProblemError && reason.code === 'unauthenticated') return setAsksWho(true);
        end();
        if (reason instanceof ProblemError && reason.problem.seats) return lose(reason.problem.seats);
        setNotice(refusalOf(reason));
      },
    );
    return () => stopping.abort();
  }, [attempt, asksWho, show.id, setChosen, lose]);

  const toggle = (seat: string) => {
    setNotice(undefined);
    if (chosen.includes(seat)) return setChosen(chosen.filter((other) => other !== seat));
    if (chosen.length >= seatLimit) return setNotice(`${seatLimit} seats at most in one booking.`);
    setChosen([...chosen, seat]);
  };
  const book = () => {
    setNotice(undefined);
    if (!visitor) setAsksWho(true);
    setAttempt(beginAttempt(show.id, chosen));
  };
  const giveUp = (said?: string) => {
    setAsksWho(false);
    forgetAttempt(show.id);
    setAttempt(null);
    setNotice(said);
  };
  const hasStarted = Date.parse(show.date_time) <= Date.now();

  return (
    <div className="counter">
      <div className="map">
        {map ? (
          <SeatGrid map={map} chosen={new Set(chosen)} onToggle={toggle} disabled={attempt !== null || hasStarted} />
        ) : (
          <Loading of="the seats" />
        )}
        <ul className="legend" aria-label="Colours">
          <li className="available">free</li>
          <li className="chosen">chosen</li>
          <li className="booked">taken</li>
        </ul>
      </div>
      <section className="till" aria-label="Your choice">
        <p className="live">
          {map && <span className={trouble ? 'beat' : 'beat on'} />}
          {map && `${map.available_seats} of ${counted(map.total_seats, 'seat')} free`}
        </p>
        <Trouble text={trouble && `${trouble}${map ? ' Until then the map may be old.' : ''}`} />
        <p className="notice" role="status">
          {notice}
        </p>
        {attempt ? (
          <Line attempt={attempt} progress={progress} onGiveUp={giveUp} />
        ) : (
          <>
            <ul className="chosen-seats" aria-label="Chosen seats">
              {chosen.map((seat) => (
                <li key={seat}>
                  <button type="button" onClick={() => toggle(seat)} aria-label={`Leave out ${seat}`}>
                    {seat}
                  </button>
                </li>
              ))}
            </ul>
            {chosen.length === 0 && (
              <p className="quiet">
                {hasStarted ? 'The show has started: its seats are not sold any more.' : 'Choose your seats.'}
              </p>
            )}
            <button type="button" className="main" disabled={chosen.length === 0 || hasStarted} onClick={book}>
              {chosen.length ? `Book ${counted(chosen.length, 'seat')}` : 'Book'}
            </button>
            {!visitor && chosen.length > 0 && <p className="hint">You will be asked to sign in; your choice stays.</p>}
          </>
        )}
      </section>
      {asksWho && (
        <SignIn
          why={`Your choice: ${listed(attempt?.seats ?? chosen)}.`}
          onDone={() => setAsksWho(false)}
          onClose={() => giveUp()}
        />
      )}
    </div>
  );
}

/** Where an attempt stands. */
function Line({
  attempt,
  progress,
  onGiveUp,
}: {
  attempt: Attempt;
  progress: Progress;
  onGiveUp: (said: string) => void;
}) {
  return (
    <div className="line">
      <p className="quiet">
        {attempt.seats.length === 1 ? 'Seat' : 'Seats'} {listed(attempt.seats)}
      </p>
      <div role="status">
        {progress.kind === 'sending' && <p>Asking for your seats …</p>}
        {progress.kind === 'waiting' && (
          <p>
            Your place in the line: <strong className="place">{Math.max(1, progress.position)}</strong>
          </p>
        )}
        {progress.kind === 'trouble' && <p className="trouble">{progress.text}</p>}
      </div>
      {progress.kind === 'waiting' && <p className="hint">You may reload the page: your place is kept.</p>}
      {progress.kind === 'trouble' && (
        <button
          type="button"
          className="plain"
          onClick={() => onGiveUp('If your request got through after all, it is among your bookings.')}
        >
          Stop trying
        </button>
      )}
    </div>
  );
}

/** The seats that are chosen for a show; they survive a reload, and the way to another page and back. */
function useChoice(showId: number) {
  const name = `boxoffice.choice.${showId}`;
  const [seats, setSeats] = useState<string[]>(() => JSON.parse(sessionStorage.getItem(name) ?? '[]'));
  useEffect(() => {
    if (seats.length) sessionStorage.setItem(name, JSON.stringify(seats));
    else sessionStorage.removeItem(name);
  }, [name, seats]);
  return [seats, setSeats] as const;
}
