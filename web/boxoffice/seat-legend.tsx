import { formatMoney } from '../lib/money.ts';
import { AccessibleIcon } from './accessible-icon.tsx';
import { type Category, lookOf } from './categories.ts';

interface SeatLegendProps {
  categories: Category[];
  currency: string | null;
  hasAccessible: boolean;
  hasOwn: boolean;
}

/** What the seats on the map look like, and what they cost. */
export function SeatLegend({ categories, currency, hasAccessible, hasOwn }: SeatLegendProps) {
  const areAlike = categories.length === 1 && !currency;
  return (
    <>
      {!areAlike && (
        <ul className="legend" aria-label="Categories">
          {categories.map(({ name, price }) => (
            <li key={name}>
              <span className={`seat ${lookOf(categories, name)}`} />
              {name} {currency && <strong>{formatMoney(price, currency)}</strong>}
            </li>
          ))}
        </ul>
      )}
      <ul className="legend" aria-label="Legend">
        {areAlike && (
          <li>
            <span className="seat" />
            free
          </li>
        )}
        {hasAccessible && (
          <li>
            <span className="seat">
              <AccessibleIcon />
            </span>
            accessible
          </li>
        )}
        <li>
          <span className="seat selected" />
          selected
        </li>
        {hasOwn && (
          <li>
            <span className="seat own" />
            held for you
          </li>
        )}
        <li>
          <span className="seat booked" />
          taken
        </li>
      </ul>
    </>
  );
}
