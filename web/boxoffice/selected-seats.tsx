import { formatCount } from '../lib/format.ts';

/** The selected seats, and the button that books them. */
export function SelectedSeats({
  seats,
  onRemove,
  onBook,
  isSignedIn,
  hasStarted,
}: {
  seats: string[];
  onRemove: (seat: string) => void;
  onBook: () => void;
  isSignedIn: boolean;
  hasStarted: boolean;
}) {
  const hint = hasStarted ? 'This show has started. Its seats are no longer on sale.' : 'Select seats on the map.';
  return (
    <>
      <ul className="selected-seats" aria-label="Selected seats">
        {seats.map((seat) => (
          <li key={seat}>
            <button type="button" onClick={() => onRemove(seat)} aria-label={`Remove ${seat}`}>
              {seat}
            </button>
          </li>
        ))}
      </ul>
      {seats.length === 0 && <p className="muted">{hint}</p>}
      <button type="button" className="primary" disabled={seats.length === 0 || hasStarted} onClick={onBook}>
        {seats.length ? `Book ${formatCount(seats.length, 'seat')}` : 'Book'}
      </button>
      {!isSignedIn && seats.length > 0 && (
        <p className="hint">Next, you will be asked to sign in. Your seats stay selected.</p>
      )}
    </>
  );
}
