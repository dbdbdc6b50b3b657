import type { Show } from '@boxoffice/client';
import { useCallback, useEffect, useState } from 'react';
import { formatCount, formatList } from '../lib/format.ts';
import { Loading, Outage } from '../lib/notices.tsx';
import { useUsername } from '../lib/session.ts';
import { BookingProgress } from './booking-progress.tsx';
import { useLiveSeats } from './live-seats.ts';
import { SeatGrid } from './seat-grid.tsx';
import './seat-selection.css';
import { SelectedSeats } from './selected-seats.tsx';
import { SignIn } from './sign-in.tsx';
import { useBooking } from './use-booking.ts';
import { useSelectedSeats } from './use-selected-seats.ts';

const seatLimit = 10;

/** The live map, and the panel that books the selected seats. */
export function SeatSelection({ show }: { show: Show }) {
  const username = useUsername();
  const [selected, setSelected] = useSelectedSeats(show.id);
  const [message, setMessage] = useState<string>();

  const dropTaken = useCallback(
    (taken: string[]) => {
      setSelected((seats) => seats.filter((seat) => !taken.includes(seat)));
      setMessage(`${formatList(taken)} ${taken.length === 1 ? 'was' : 'were'} just taken.`);
    },
    [setSelected],
  );
  const booking = useBooking(show.id, { setSelected, setMessage, dropTaken });
  const isBooking = booking.attempt !== null;

  const { map, outage } = useLiveSeats(show.id);
  useEffect(() => {
    // While we are booking, a seat may be taken by ourselves.
    if (!map || isBooking) return;
    const free = new Set(map.seats.filter(isAvailable).map(({ seat_number }) => seat_number));
    const taken = selected.filter((seat) => !free.has(seat));
    if (taken.length) dropTaken(taken);
  }, [map, isBooking, selected, dropTaken]);

  const toggle = (seat: string) => {
    setMessage(undefined);
    if (selected.includes(seat)) return setSelected(selected.filter((other) => other !== seat));
    if (selected.length >= seatLimit) return setMessage(`A booking can have up to ${seatLimit} seats.`);
    setSelected([...selected, seat]);
  };
  const hasStarted = Date.parse(show.date_time) <= Date.now();

  return (
    <div className="selection">
      <div className="map">
        {map ? (
          <SeatGrid map={map} selected={new Set(selected)} onToggle={toggle} disabled={isBooking || hasStarted} />
        ) : (
          <Loading what="the seats" />
        )}
        <ul className="legend" aria-label="Legend">
          <li className="available">free</li>
          <li className="selected">selected</li>
          <li className="booked">taken</li>
        </ul>
      </div>
      <section className="panel" aria-label="Your seats">
        <p className="live">
          {map && <span className={outage ? 'pulse' : 'pulse on'} />}
          {map && `${map.available_seats} of ${formatCount(map.total_seats, 'seat')} free`}
        </p>
        <Outage message={outage && `${outage}${map ? ' The map may be out of date.' : ''}`} />
        <p className="message" role="status">
          {message}
        </p>
        {booking.attempt ? (
          <BookingProgress attempt={booking.attempt} progress={booking.progress} onStop={booking.stop} />
        ) : (
          <SelectedSeats
            seats={selected}
            onRemove={toggle}
            onBook={() => booking.start(selected)}
            isSignedIn={username !== null}
            hasStarted={hasStarted}
          />
        )}
      </section>
      {booking.needsSignIn && (
        <SignIn
          reason={`Your seats: ${formatList(booking.attempt?.seats ?? selected)}.`}
          onDone={booking.resume}
          onClose={() => booking.stop()}
        />
      )}
    </div>
  );
}

const isAvailable = ({ status }: { status: string }) => status === 'available';
