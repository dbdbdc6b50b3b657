import type { SeatMap } from '@boxoffice/client';
import { memo } from 'react';

type Seat = SeatMap['seats'][number];

export const SeatCell = memo(function SeatCell({
  seat: { seat_number, row, number, status },
  isSelected,
  isCurrent,
}: {
  seat: Seat;
  isSelected: boolean;
  isCurrent: boolean;
}) {
  const free = status === 'available';
  return (
    <td>
      <button
        type="button"
        className={isSelected ? 'seat selected' : `seat ${status}`}
        data-seat={seat_number}
        tabIndex={isCurrent ? 0 : -1}
        aria-pressed={isSelected}
        aria-disabled={!free}
        aria-label={`Row ${row} seat ${number}, ${isSelected ? 'selected' : free ? 'available' : 'taken'}`}
      >
        {number}
      </button>
    </td>
  );
});
