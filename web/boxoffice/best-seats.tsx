import { type FormEvent, useId } from 'react';
import { formatCount } from '../lib/format.ts';
import { formatMoney } from '../lib/money.ts';
import type { Category } from './categories.ts';
import type { Wish } from './hold-attempt.ts';

interface BestSeatsProps {
  categories: Category[];
  currency: string | null;
  hasAccessible: boolean;
  /** The most seats to ask for. */
  limit: number;
  /** Whether the user already holds seats, which these would replace. */
  isReplacing: boolean;
  disabled: boolean;
  onFind: (wish: Wish) => void;
}

/** Leaves the choice of seats to the box office: how many, and of which kind. */
export function BestSeats({
  categories,
  currency,
  hasAccessible,
  limit,
  isReplacing,
  disabled,
  onFind,
}: BestSeatsProps) {
  const id = useId();
  const counts = Array.from({ length: limit }, (_, index) => index + 1);
  const find = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const count = Number(form.get('count'));
    const category = form.get('category')?.toString();
    const best = { count, ...(category && { category }), ...(form.has('accessible') && { accessible: true }) };
    // The total of a mixed choice is not known before; the held booking shows it.
    const priced = categories.length === 1 ? categories[0] : categories.find(({ name }) => name === category);
    onFind({ best, ...(priced && { expected_total: count * priced.price }) });
  };
  return (
    <form className="best" aria-label="Best seats" onSubmit={find}>
      <label htmlFor={`${id}-count`}>Find me the best</label>
      <select id={`${id}-count`} name="count" defaultValue={Math.min(2, limit)}>
        {counts.map((count) => (
          <option key={count} value={count}>
            {formatCount(count, 'seat')}
          </option>
        ))}
      </select>
      {categories.length > 1 && (
        <select name="category" aria-label="Category">
          <option value="">in any category</option>
          {categories.map(({ name, price }) => (
            <option key={name} value={name}>
              {currency ? `${name}, ${formatMoney(price, currency)}` : name}
            </option>
          ))}
        </select>
      )}
      {hasAccessible && (
        <label className="check">
          <input type="checkbox" name="accessible" />
          accessible
        </label>
      )}
      <button type="submit" disabled={disabled}>
        {isReplacing ? 'Hold them instead' : 'Hold them'}
      </button>
    </form>
  );
}
