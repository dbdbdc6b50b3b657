import { describeWish, type HoldAttempt, type Progress } from './hold-attempt.ts';

/** The state of a request for a hold. */
export function HoldProgress({
  attempt,
  progress,
  onStop,
}: {
  attempt: HoldAttempt;
  progress: Progress;
  onStop: (message: string) => void;
}) {
  return (
    <div className="progress">
      <p className="muted">Your seats: {describeWish(attempt.wish)}</p>
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
