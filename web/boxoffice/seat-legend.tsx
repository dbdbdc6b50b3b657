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
  const price = (category: Category) => currency && <strong>{formatMoney(category.price, currency)}</strong>;
  return (
    <ul className="legend" aria-label="Legend">
      {categories.length > 1 || currency ? (
        categories.map((category) => (
          <li key={category.name}>
            <span className={`seat ${lookOf(categories, category.name)}`} />
            {category.name} {price(category)}
          </li>
        ))
      ) : (
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
  );
}
