import type { SeatMap } from '@boxoffice/client';
import { type KeyboardEvent, type MouseEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { formatMoney } from '../lib/money.ts';
import { type Category, isAvailable, lookOf } from './categories.ts';
import { neighbour, positionOf } from './grid-navigation.ts';
import { SeatCell } from './seat-cell.tsx';
import './seat-grid.css';

interface SeatGridProps {
  map: SeatMap;
  categories: Category[];
  currency: string | null;
  selected: ReadonlySet<string>;
  /** Seats that this user holds. */
  own: ReadonlySet<string>;
  onToggle: (seat: string) => void;
  disabled: boolean;
}

/**
 * The seats as a WAI-ARIA grid: one tab stop, arrow keys move between seats, Space or Enter selects. Taken
 * seats can be reached, so that screen readers announce them, but not selected.
 */
export function SeatGrid({ map, categories, currency, selected, own, onToggle, disabled }: SeatGridProps) {
  const rows = useMemo(() => [...Map.groupBy(map.seats, (seat) => seat.row)], [map.seats]);
  const kinds = useMemo(() => kindsOf(categories, currency), [categories, currency]);
  const [current, setCurrent] = useState(() => (map.seats.find(isAvailable) ?? map.seats[0])?.seat_number ?? '');
  const grid = useRef<HTMLTableElement>(null);
  const scroller = useCentred();

  const move = (event: KeyboardEvent) => {
    const position = positionOf(rows, current);
    const next = position && neighbour(rows, position, event);
    if (!next) return;
    event.preventDefault();
    setCurrent(next.seat_number);
    grid.current?.querySelector<HTMLElement>(`[data-seat="${next.seat_number}"]`)?.focus();
  };
  const select = (event: MouseEvent) => {
    const seat = (event.target as HTMLElement).closest<HTMLElement>('[data-seat]');
    if (!seat?.dataset.seat) return;
    setCurrent(seat.dataset.seat);
    if (!disabled && seat.getAttribute('aria-disabled') !== 'true') onToggle(seat.dataset.seat);
  };

  return (
    <div className="seat-grid" style={{ '--per-row': map.seats_per_row } as object}>
      <svg className="screen" viewBox="0 0 400 26" preserveAspectRatio="none" aria-hidden="true">
        <path d="M4 22Q200 -8 396 22" />
      </svg>
      <p className="screen-label" aria-hidden="true">
        Screen
      </p>
      <div ref={scroller} className="hall">
        {/* biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the grid pattern is a table with this role */}
        <table ref={grid} className="seats" role="grid" aria-label="Seats" onKeyDown={move} onClick={select}>
          <tbody>
            {rows.map(([row, seats]) => (
              <tr key={row}>
                <th scope="row">{row}</th>
                {seats.map((seat) => (
                  <SeatCell
                    key={seat.seat_number}
                    seat={seat}
                    look={lookOf(categories, seat.category)}
                    kind={kinds.get(seat.category) ?? ''}
                    isSelected={selected.has(seat.seat_number)}
                    isOwn={own.has(seat.seat_number)}
                    isCurrent={seat.seat_number === current}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

/** What screen readers add to a seat: its category where there are several, and its price where it has one. */
function kindsOf(categories: Category[], currency: string | null): Map<string, string> {
  return new Map(
    categories.map(({ name, price }) => [
      name,
      [categories.length > 1 && name, currency && formatMoney(price, currency)].filter(Boolean).join(', '),
    ]),
  );
}

/** A hall too wide for the screen is shown from its middle, where the best seats are. */
function useCentred() {
  const scroller = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element) element.scrollLeft = (element.scrollWidth - element.clientWidth) / 2;
  }, []);
  return scroller;
}
