import { formatList } from '../lib/format.ts';
import type { BookingAttempt, Progress } from './booking-attempt.ts';

/** The state of a booking in progress. */
export function BookingProgress({
  attempt,
  progress,
  onStop,
}: {
  attempt: BookingAttempt;
  progress: Progress;
  onStop: (message: string) => void;
}) {
  return (
    <div className="progress">
      <p className="muted">
        {attempt.seats.length === 1 ? 'Seat' : 'Seats'} {formatList(attempt.seats)}
      </p>
      <div role="status">
        {progress.kind === 'sending' && <p>Requesting your seats …</p>}
        {progress.kind === 'queued' && (
          <p>
            Your position in the queue: <strong className="position">{Math.max(1, progress.position)}</strong>
          </p>
        )}
        {progress.kind === 'outage' && <p className="notice">{progress.message}</p>}
      </div>
      {progress.kind === 'queued' && <p className="hint">You can reload this page without losing your position.</p>}
      {progress.kind === 'outage' && (
        <button
          type="button"
          onClick={() => onStop('If your request was accepted after all, you will find it under “My bookings”.')}
        >
          Stop trying
        </button>
      )}
    </div>
  );
}
