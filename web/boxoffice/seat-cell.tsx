import type { SeatMap } from '@boxoffice/client';
import { memo } from 'react';
import { AccessibleIcon } from './accessible-icon.tsx';

type Seat = SeatMap['seats'][number];

interface SeatCellProps {
  seat: Seat;
  /** The class of the seat's category. */
  look: string;
  /** The category and price, for those who cannot see the legend; empty where all seats are alike. */
  kind: string;
  isSelected: boolean;
  /** Whether this user holds it. */
  isOwn: boolean;
  isCurrent: boolean;
}

export const SeatCell = memo(function SeatCell({ seat, look, kind, isSelected, isOwn, isCurrent }: SeatCellProps) {
  const { seat_number, row, number, column, accessible } = seat;
  const status = isSelected ? 'selected' : isOwn && seat.status === 'held' ? 'own' : seat.status;
  const isFree = status !== 'held' && status !== 'booked';
  const name = [`Row ${row} seat ${number}`, accessible && 'accessible', kind, statusNames[status]].filter(Boolean);
  return (
    <td style={{ gridColumn: column + 1 }}>
      <button
        type="button"
        className={`seat ${look} ${status}`}
        data-seat={seat_number}
        tabIndex={isCurrent ? 0 : -1}
        aria-pressed={isSelected}
        aria-disabled={!isFree}
        aria-label={name.join(', ')}
      >
        {accessible ? <AccessibleIcon /> : number}
      </button>
    </td>
  );
});

const statusNames = {
  available: 'available',
  selected: 'selected',
  own: 'held for you',
  held: 'taken',
  booked: 'taken',
};
