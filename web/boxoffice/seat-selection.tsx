import type { Show } from '@boxoffice/client';
import { useMemo } from 'react';
import { Loading } from '../lib/notices.tsx';
import { BestSeats } from './best-seats.tsx';
import { categoriesOf } from './categories.ts';
import { describeWish } from './hold-attempt.ts';
import { useLiveSeats } from './live-seats.ts';
import { closedBecause } from './sale-state.ts';
import { SeatGrid } from './seat-grid.tsx';
import { SeatLegend } from './seat-legend.tsx';
import { SeatPanel } from './seat-panel.tsx';
import './seat-selection.css';
import { SignIn } from './sign-in.tsx';
import { useRenderAt } from './use-render-at.ts';
import { useSeatChoice } from './use-seat-choice.ts';

/** The live map, and the panel that holds the selected seats. */
export function SeatSelection({ show, onOutdated }: { show: Show; onOutdated: () => void }) {
  const { map, outage } = useLiveSeats(show.id);
  const choice = useSeatChoice(show, map, onOutdated);
  const { hold, own } = choice;
  useRenderAt(...[show.sales_open_at, show.sales_close_at, show.date_time].map((time) => Date.parse(time ?? '')));
  const closed = closedBecause(show)?.sentence;
  const isHolding = hold.attempt !== null;
  const categories = useMemo(() => (map ? categoriesOf(map) : []), [map]);
  const hasAccessible = map?.seats.some(({ accessible }) => accessible) ?? false;
  const hall = { categories, hasAccessible, currency: show.currency };

  return (
    <div className="selection">
      <div className="map">
        {map ? (
          <>
            {!closed && (
              <BestSeats
                {...hall}
                limit={choice.limit}
                isReplacing={own.size > 0}
                disabled={isHolding}
                onFind={choice.start}
              />
            )}
            <SeatGrid
              {...{ ...hall, map, own }}
              selected={new Set(choice.selected)}
              onToggle={choice.toggle}
              disabled={isHolding || closed !== undefined}
            />
            <SeatLegend {...hall} hasOwn={own.size > 0} />
          </>
        ) : (
          <Loading what="the seats" />
        )}
      </div>
      <SeatPanel {...{ show, map, outage, choice, closed }} />
      {hold.needsSignIn && hold.attempt && (
        <SignIn
          reason={`Your seats: ${describeWish(hold.attempt.wish)}.`}
          onDone={hold.resume}
          onClose={() => hold.stop()}
        />
      )}
    </div>
  );
}
