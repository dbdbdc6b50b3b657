import { type Booking, ProblemError } from '@boxoffice/client';
import { useEffect, useRef, useState } from 'react';
import { errorMessage, outageMessage } from '../lib/errors.ts';
import { navigate } from '../lib/router.tsx';
import { openCheckout } from './open-checkout.ts';

/** Begins or continues the payment of a hold, and sends the buyer to the checkout. */
export function useCheckout({ id }: Booking, onChanged: () => void) {
  const [isBusy, setIsBusy] = useState(false);
  const [outage, setOutage] = useState<string>();
  const [error, setError] = useState<string>();
  const stopping = useRef(new AbortController());
  useEffect(() => {
    // Browsers bring pages back as they were left: busy.
    const comeBack = ({ persisted }: PageTransitionEvent) => persisted && setIsBusy(false);
    addEventListener('pageshow', comeBack);
    return () => {
      removeEventListener('pageshow', comeBack);
      stopping.current.abort();
    };
  }, []);

  const pay = async () => {
    setIsBusy(true);
    setError(undefined);
    stopping.current = new AbortController();
    const { signal } = stopping.current;
    try {
      const onRetry = (reason: unknown) => setOutage(outageMessage(reason));
      const payment = await openCheckout(id, { signal, onRetry });
      if (signal.aborted) return;
      if (payment.checkout_url) return location.assign(payment.checkout_url);
      if (payment.status !== 'failed') return navigate(`/payments/${payment.id}`);
      setError('The payment could not be opened. Nothing was charged: try again in a moment.');
    } catch (reason) {
      if (signal.aborted) return;
      setError(errorMessage(reason));
      if (reason instanceof ProblemError) onChanged();
    }
    setOutage(undefined);
    setIsBusy(false);
  };
  return { isBusy, outage, error, pay: () => void pay() };
}
