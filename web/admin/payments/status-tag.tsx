import type { AdminPayment } from '@boxoffice/client';
import { statuses } from './payment-facts.ts';

/** The state of a payment; muted when no money of it is with the cinema. */
export function StatusTag({ status }: Pick<AdminPayment, 'status'>) {
  const hasMoney = status === 'captured' || status === 'authorized';
  return <span className={hasMoney ? 'tag' : 'tag off'}>{statuses[status].toLowerCase()}</span>;
}
