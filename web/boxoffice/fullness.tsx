import type { Show } from '@boxoffice/client';

/** The share of seats sold as a bar, and the number of seats left. */
export function Fullness({ total_seats, available_seats }: Pick<Show, 'total_seats' | 'available_seats'>) {
  const sold = 1 - available_seats / total_seats;
  return (
    <span className="fullness">
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect width={100 * sold} height="10" />
      </svg>
      {available_seats === 0 ? 'sold out' : `${available_seats} free`}
    </span>
  );
}
