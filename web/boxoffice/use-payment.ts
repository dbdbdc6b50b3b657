import type { Payment } from '@boxoffice/client';
import { useState } from 'react';
import { type Query, useQuery } from '../lib/query.ts';
import { useUsername } from '../lib/session.ts';
import { getPayment } from './open-checkout.ts';

const secondMs = 1_000;
/** The longest pause between two questions about a payment that is not decided, in milliseconds. */
const longestWaitMs = 15 * secondMs;
/** For one that is decided: it may still be refunded. */
const decidedMs = 10 * secondMs;

/** One of the user's payments, which is asked for often at first: most are decided within seconds. */
export function usePayment(id: string): Query<Payment> {
  const username = useUsername();
  const [askedSince] = useState(() => performance.now());
  const [isDecided, setIsDecided] = useState(false);
  const tenthWaitedMs = (performance.now() - askedSince) / 10;
  const waitMs = Math.min(longestWaitMs, Math.max(secondMs, tenthWaitedMs));
  const query = useQuery(`payment ${id} ${username}`, (signal) => getPayment(id, signal), {
    refreshMs: isDecided ? decidedMs : waitMs,
  });
  const { status = 'pending' } = query.data ?? {};
  const isNowDecided = status !== 'pending' && status !== 'authorized';
  if (isNowDecided !== isDecided) setIsDecided(isNowDecided);
  return query;
}
