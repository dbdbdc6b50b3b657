import { type Booking, ProblemError, type Show } from '@boxoffice/client';
import { useState } from 'react';
import { errorMessage, outageMessage } from '../lib/errors.ts';
import { formatList } from '../lib/format.ts';
import { ErrorMessage, Outage } from '../lib/notices.tsx';
import { Link, navigate } from '../lib/router.tsx';
import { boxoffice } from '../lib/session.ts';
import { explainRefusal } from './refusals.ts';
import { closedBecause } from './sale-state.ts';

interface EndedHoldProps {
  booking: Booking;
  show: Show;
  /** Why, if time alone is not the reason. */
  reason?: string;
}

/** In place of a hold that ended by itself: what that means, and how to get the seats again. */
export function EndedHold({ booking, show, reason }: EndedHoldProps) {
  const { seats } = booking;
  const isPaidOnline = show.payment === 'online';
  const [isBusy, setIsBusy] = useState(false);
  const [outage, setOutage] = useState<string>();
  const [error, setError] = useState<string>();
  const closed = closedBecause(show);

  const holdAgain = () => {
    setIsBusy(true);
    setError(undefined);
    const wish = { seats, expected_total: booking.total?.amount ?? 0 };
    boxoffice
      .hold(show.id, wish, { onRetry: (reason) => setOutage(outageMessage(reason)) })
      .then(
        ({ id }) => navigate(`/bookings/${id}`),
        (reason: unknown) => setError(explain(reason, show)),
      )
      .finally(() => {
        setIsBusy(false);
        setOutage(undefined);
      });
  };
  return (
    <>
      <p>
        {reason ?? (
          <>
            The time to {isPaidOnline ? 'pay for' : 'confirm'} <strong>{formatList(seats)}</strong> ran out, so{' '}
            {seats.length === 1 ? 'it is' : 'they are'} on sale to everyone again.
          </>
        )}{' '}
        {reason ? 'Your card was not charged.' : 'Nothing was charged.'}
      </p>
      {closed && <p>{closed.sentence}</p>}
      <Outage message={error ? undefined : outage} />
      <ErrorMessage message={error} />
      <div className="buttons">
        {!closed && (
          <button type="button" className="primary" disabled={isBusy} onClick={holdAgain}>
            Hold {seats.length === 1 ? 'it' : 'them'} again
          </button>
        )}
        <Link className="button" to={`/shows/${show.id}`}>
          Choose other seats
        </Link>
      </div>
    </>
  );
}

function explain(reason: unknown, show: Show): string {
  if (!(reason instanceof ProblemError)) return errorMessage(reason);
  if (reason.code === 'price_changed')
    return 'The price has changed since. Choose seats on the map to see what they cost now.';
  return explainRefusal(reason.problem, show);
}
