import type { SeatMap } from '@boxoffice/client';
import { type KeyboardEvent, type MouseEvent, memo, useMemo, useRef, useState } from 'react';

type Seat = SeatMap['seats'][number];

/**
 * The hall from above, as a grid (WAI-ARIA): one tab stop, arrow keys from seat to seat, Space or Enter
 * to choose. Seats that are taken can be walked over and heard, but not chosen.
 */
export function SeatGrid({
  map,
  chosen,
  onToggle,
  disabled,
}: {
  map: SeatMap;
  chosen: ReadonlySet<string>;
  onToggle: (seat: string) => void;
  disabled: boolean;
}) {
  const rows = useMemo(() => [...Map.groupBy(map.seats, (seat) => seat.row)], [map.seats]);
  const [current, setCurrent] = useState(
    () => map.seats.find(({ status }) => status === 'available')?.seat_number ?? 'A1',
  );
  const grid = useRef<HTMLTableElement>(null);

  const move = (event: KeyboardEvent) => {
    const place = placeOf(rows, current);
    const next = place && neighbour(rows, place, event);
    if (!next) return;
    event.preventDefault();
    setCurrent(next.seat_number);
    grid.current?.querySelector<HTMLElement>(`[data-seat="${next.seat_number}"]`)?.focus();
  };
  const choose = (event: MouseEvent) => {
    const seat = (event.target as HTMLElement).closest<HTMLElement>('[data-seat]');
    if (!seat?.dataset.seat) return;
    setCurrent(seat.dataset.seat);
    if (!disabled && seat.getAttribute('aria-disabled') !== 'true') onToggle(seat.dataset.seat);
  };

  return (
    <div className="hall" style={{ '--per-row': map.seats_per_row } as object}>
      <svg className="screen" viewBox="0 0 400 26" preserveAspectRatio="none" aria-hidden="true">
        <path d="M4 22Q200 -8 396 22" />
      </svg>
      <p className="screen-word" aria-hidden="true">
        Screen
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the grid pattern is a table with this role */}
      <table ref={grid} className="seats" role="grid" aria-label="Seats" onKeyDown={move} onClick={choose}>
        <tbody>
          {rows.map(([row, seats]) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {seats.map((seat) => (
                <SeatCell
                  key={seat.seat_number}
                  seat={seat}
                  isChosen={chosen.has(seat.seat_number)}
                  isCurrent={seat.seat_number === current}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const SeatCell = memo(function SeatCell({
  seat: { seat_number, row, number, status },
  isChosen,
  isCurrent,
}: {
  seat: Seat;
  isChosen: boolean;
  isCurrent: boolean;
}) {
  const free = status === 'available';
  return (
    <td>
      <button
        type="button"
        className={isChosen ? 'seat chosen' : `seat ${status}`}
        data-seat={seat_number}
        tabIndex={isCurrent ? 0 : -1}
        aria-pressed={isChosen}
        aria-disabled={!free}
        aria-label={`Row ${row} seat ${number}, ${isChosen ? 'chosen' : free ? 'available' : 'taken'}`}
      >
        {number}
      </button>
    </td>
  );
});

type Rows = [string, Seat[]][];

function placeOf(rows: Rows, label: string): { row: number; seat: number } | null {
  for (const [row, [, seats]] of rows.entries()) {
    const seat = seats.findIndex(({ seat_number }) => seat_number === label);
    if (seat >= 0) return { row, seat };
  }
  return null;
}

/** The seat that a key leads to; undefined: the key is none of ours, or leads out of the hall. */
function neighbour(
  rows: Rows,
  { row, seat }: { row: number; seat: number },
  { key, ctrlKey }: KeyboardEvent,
): Seat | undefined {
  const seatsOf = (index: number) => rows[index]?.[1] ?? [];
  const inRow = (index: number) => seatsOf(index)[Math.min(seat, seatsOf(index).length - 1)];
  switch (key) {
    case 'ArrowLeft':
      return seatsOf(row)[seat - 1];
    case 'ArrowRight':
      return seatsOf(row)[seat + 1];
    case 'ArrowUp':
      return inRow(row - 1);
    case 'ArrowDown':
      return inRow(row + 1);
    case 'Home':
      return seatsOf(ctrlKey ? 0 : row)[0];
    case 'End':
      return seatsOf(ctrlKey ? rows.length - 1 : row).at(-1);
    default:
      return undefined;
  }
}
