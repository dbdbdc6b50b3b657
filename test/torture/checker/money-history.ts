/** The input to the checker of money: what the provider's own book says, what Boxoffice has stored, and what it has told. */
import type { BookingRow, VerdictRow } from './history.ts';

/** An entry of the provider's book: money that it has reserved or moved, in minor units. */
export interface Movement {
  what: 'authorized' | 'captured' | 'voided' | 'refunded';
  payment: string;
  amount: number;
  currency: string;
  at: number;
}

/** A row of `payments.payments`. */
export interface PaymentRow {
  id: string;
  show: number;
  booking: string;
  user: number;
  amount: number;
  currency: string;
  status: 'pending' | 'authorized' | 'captured' | 'refunded' | 'failed' | 'voided';
}

/** What a client was told about a payment. */
export interface PaymentSighting {
  id: string;
  user: number;
  booking: string;
  status: string;
  amount: number;
  currency: string;
  asked: number;
  told: number;
}

/** Of the shows of one round that are paid for online, once nothing changes any more. */
export interface MoneyHistory {
  bookings: BookingRow[];
  payments: PaymentRow[];
  verdicts: VerdictRow[];
  /** In the order in which they happened. */
  movements: Movement[];
  told: PaymentSighting[];
  /** Ids of events that a gateway has said it has received, but has not stored or not handled. */
  forgottenEvents: string[];
  /** Rows of the outbox that nobody has relayed. */
  leftInOutbox: number;
}
