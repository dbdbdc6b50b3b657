import type { Show } from '@boxoffice/client';
import { formatCount } from '../lib/format.ts';
import { formatMoney } from '../lib/money.ts';
import { useUsername } from '../lib/session.ts';
import type { SeatChoice } from './use-seat-choice.ts';

interface SelectedSeatsProps {
  show: Show;
  choice: SeatChoice;
  isSoldOut: boolean;
  disabled: boolean;
}

/** The selected seats, what they cost, and the button that holds them. */
export function SelectedSeats({ show, choice, isSoldOut, disabled }: SelectedSeatsProps) {
  const username = useUsername();
  const { selected, total = 0, own, toggle, start } = choice;
  const hasSelected = selected.length > 0;
  const hold = hasSelected ? `Hold ${formatCount(selected.length, 'seat')}` : 'Hold';
  return (
    <>
      <ul className="selected-seats" aria-label="Selected seats">
        {selected.map((seat) => (
          <li key={seat}>
            <button type="button" onClick={() => toggle(seat)} aria-label={`Remove ${seat}`}>
              {seat}
            </button>
          </li>
        ))}
      </ul>
      {!hasSelected && !disabled && (
        <p className="muted">
          {isSoldOut ? 'Sold out. Seats that others give back will appear here.' : 'Select seats on the map.'}
        </p>
      )}
      {hasSelected && show.currency && (
        <p>
          <strong className="total">{formatMoney(total, show.currency)}</strong>
          {show.payment === 'counter' && ' due at the counter'}
          {show.payment === 'online' && ' to pay online'}
        </p>
      )}
      <button
        type="button"
        className="primary"
        disabled={!hasSelected || disabled}
        onClick={() => start({ seats: selected, expected_total: total })}
      >
        {hasSelected && own.size > 0 ? `${hold} instead` : hold}
      </button>
      {hasSelected && (
        <p className="hint">
          {username === null
            ? 'Next, you will be asked to sign in. Your seats stay selected.'
            : `Your seats are kept for you while you decide. Nothing is booked until you ${show.payment === 'online' ? 'have paid' : 'confirm'}.`}
        </p>
      )}
    </>
  );
}
