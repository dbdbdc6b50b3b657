import type { SeatMap, Show } from '@boxoffice/client';
import { formatCount } from '../lib/format.ts';
import { Outage } from '../lib/notices.tsx';
import { HoldProgress } from './hold-progress.tsx';
import { OwnHold } from './own-hold.tsx';
import { explainRefusal } from './refusals.ts';
import { SelectedSeats } from './selected-seats.tsx';
import type { SeatChoice } from './use-seat-choice.ts';

interface SeatPanelProps {
  show: Show;
  map: SeatMap | undefined;
  outage: string | undefined;
  choice: SeatChoice;
  /** Why nothing can be held now, as a sentence. */
  closed: string | undefined;
}

/** Beside the map: what is selected or being held, and why it cannot be. */
export function SeatPanel({ show, map, outage, choice, closed }: SeatPanelProps) {
  const { hold, refusal, selected, limit, toggle } = choice;
  const lonely = refusal?.code === 'leaves_single_seat' ? refusal.seats?.[0] : undefined;
  return (
    <section className="panel" aria-label="Your seats">
      <p className="live">
        {map && <span className={outage ? 'pulse' : 'pulse on'} />}
        {map && `${map.available_seats} of ${formatCount(map.total_seats, 'seat')} free`}
      </p>
      <Outage message={outage && `${outage}${map ? ' The map may be out of date.' : ''}`} />
      {closed && <p>{closed}</p>}
      <p className="message" role="status">
        {refusal ? explainRefusal(refusal, show) : choice.message}
      </p>
      {lonely && selected.length < limit && (
        <button type="button" onClick={() => toggle(lonely)}>
          Take {lonely} as well
        </button>
      )}
      {hold.attempt ? (
        <HoldProgress attempt={hold.attempt} progress={hold.progress} onStop={hold.stop} />
      ) : (
        <>
          {choice.ownHolds.map((own) => (
            <OwnHold key={own.id} hold={own} />
          ))}
          <SelectedSeats
            {...{ show, choice }}
            isSoldOut={map?.available_seats === 0}
            disabled={closed !== undefined || !map}
          />
        </>
      )}
    </section>
  );
}
