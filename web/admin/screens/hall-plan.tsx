import type { ScreenWriteInput } from '@boxoffice/client';
import { gap } from './hall-text.ts';
import './hall-plan.css';

interface HallPlanProps {
  rows: string[];
  legend: ScreenWriteInput['legend'];
}

/** Draws a hall from the front, each category in a colour of its own, and counts its seats by category. */
export function HallPlan({ rows, legend }: HallPlanProps) {
  const places = rows.map((row) => [...row]);
  const categories = [...new Set(Object.values(legend).map(({ category }) => category))];
  const count = (category: string) =>
    places.flat().filter((place) => place !== gap && legend[place]?.category === category).length;
  const seats = places.flat().filter((place) => place !== gap).length;
  const unknown = [...new Set(places.flat())].filter((place) => place !== gap && !legend[place]);
  const columns = Math.max(...places.map((row) => row.length));
  return (
    <div className="hall-plan card">
      <svg viewBox={`0 0 ${columns * 10} ${places.length * 10 + 6}`} role="img" aria-label={`A hall of ${seats} seats`}>
        <rect className="screen" x="0" y="0" width={columns * 10} height="2" rx="1" />
        {places.flatMap((row, y) =>
          row.map((place, x) => {
            if (place === gap) return null;
            const kind = legend[place];
            const colour = kind ? categories.indexOf(kind.category) % 6 : 'unknown';
            return (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: a place is its position
                key={`${y} ${x}`}
                className={`seat-${colour}${kind?.accessible ? ' accessible' : ''}`}
                {...{ x: x * 10 + 1, y: y * 10 + 6, width: 8, height: 8, rx: kind?.accessible ? 4 : 2 }}
              />
            );
          }),
        )}
      </svg>
      <p role="status">
        {seats} seats:{' '}
        {categories.map((category, index) => (
          <span key={category} className={`category seat-${index % 6}`}>
            {count(category)} {category}
          </span>
        ))}
        {unknown.length > 0 && <span className="invalid"> Not in the legend: {unknown.join(' ')}</span>}
      </p>
    </div>
  );
}
