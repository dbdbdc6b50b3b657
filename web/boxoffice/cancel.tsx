import { type Booking, patiently } from '@boxoffice/client';
import { useRef, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { boxoffice } from './session.ts';
import { listed, refusalOf, troubleOf } from './words.ts';

/** A button that cancels a booking, once it was asked whether that is meant. */
export function CancelBooking({
  booking,
  title,
  onCancelled,
}: {
  booking: Booking;
  title: string;
  onCancelled: () => void;
}) {
  const [asks, setAsks] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<string>();
  const stopping = useRef(new AbortController());

  const cancel = async () => {
    setBusy(true);
    setSaid(undefined);
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    try {
      // To cancel again is harmless: it is the same answer.
      await patiently(() => boxoffice.cancel(booking.id, { signal, onRetry: (reason) => setSaid(troubleOf(reason)) }));
      setAsks(false);
      onCancelled();
    } catch (reason) {
      if (!signal.aborted) setSaid(refusalOf(reason));
    } finally {
      setBusy(false);
    }
  };
  const keep = () => {
    stopping.current.abort();
    setAsks(false);
  };

  return (
    <>
      <button
        type="button"
        className="plain"
        onClick={() => setAsks(true)}
        aria-label={`Cancel booking: ${listed(booking.seats)}, ${title}`}
      >
        Cancel booking
      </button>
      {asks && (
        <Dialog title="Cancel this booking?" onClose={keep}>
          <p>
            {listed(booking.seats)} for {title}. Others can book these seats at once.
          </p>
          <p className="trouble" role="status">
            {said}
          </p>
          <div className="choices">
            <button type="button" className="plain" onClick={keep}>
              Keep it
            </button>
            <button type="button" className="main" disabled={busy} onClick={() => void cancel()}>
              Cancel booking
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
