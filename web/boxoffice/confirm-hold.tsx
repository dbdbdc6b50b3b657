import { type Booking, type Movie, ProblemError } from '@boxoffice/client';
import { useState } from 'react';
import { errorMessage, outageMessage } from '../lib/errors.ts';
import { boxoffice } from '../lib/session.ts';
import { dueOf } from './due.ts';
import { HoldActions } from './hold-actions.tsx';

interface ConfirmHoldProps {
  booking: Booking;
  movie: Movie;
  onConfirmed: () => void;
  /** Called when the hold may have changed or ended. */
  onChanged: () => void;
}

/** Seats that are free of charge or paid at the counter are confirmed. */
export function ConfirmHold({ booking, movie, onConfirmed, onChanged }: ConfirmHoldProps) {
  const { isBusy, outage, error, confirm } = useConfirm(booking, onConfirmed, onChanged);
  const due = dueOf(booking);
  return (
    <>
      <p>
        {due
          ? `Confirming is free. You pay ${due} at the counter: show the code that you get next.`
          : 'There is nothing to pay.'}
      </p>
      <HoldActions {...{ booking, movie, outage, error }}>
        <button type="button" className="primary" disabled={isBusy} onClick={confirm}>
          Confirm
        </button>
      </HoldActions>
    </>
  );
}

/** Confirms a hold. Idempotent: after a reload the page shows what became of it. */
function useConfirm({ id }: Booking, onConfirmed: () => void, onChanged: () => void) {
  const [isBusy, setIsBusy] = useState(false);
  const [outage, setOutage] = useState<string>();
  const [error, setError] = useState<string>();
  const confirm = () => {
    setIsBusy(true);
    setError(undefined);
    boxoffice
      .confirm(id, { onRetry: (reason) => setOutage(outageMessage(reason)) })
      .then(onConfirmed, (reason: unknown) => {
        setError(errorMessage(reason));
        if (reason instanceof ProblemError) onChanged();
      })
      .finally(() => {
        setIsBusy(false);
        setOutage(undefined);
      });
  };
  return { isBusy, outage, error, confirm };
}
