import type { Booking } from '@boxoffice/client';
import { formatMoney } from '../lib/money.ts';

/** The seats of a booking, with their prices and total if they have any. */
export function SeatPrices({ booking: { seats, items, total } }: { booking: Booking }) {
  if (!items || !total) {
    return (
      <p>
        {seats.length === 1 ? 'Seat' : 'Seats'} <strong className="held-seats">{seats.join(' ')}</strong>
      </p>
    );
  }
  return (
    <table className="prices">
      <caption className="unseen">Seats and prices</caption>
      <tbody>
        {items.map(({ seat, category, amount }) => (
          <tr key={seat}>
            <th scope="row">{seat}</th>
            <td>{category}</td>
            <td>{formatMoney(amount, total.currency)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={2}>
            Total
          </th>
          <td>{formatMoney(total.amount, total.currency)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
