/**
 * What must happen elsewhere because of a decision: the booking-worker writes it into `booking.outbox` in the
 * transaction that decides, and relays it to an ordinary BullMQ queue. Its consumer may see a job twice.
 */
export interface OutboxKind<Data extends object> {
  /** The name of the queue, with a hash tag: on Redis Cluster its keys share a slot. */
  queue: `{${string}}`;
  /** The job's name on the operators' board. */
  title: (data: Data) => string;
}

/** The version of the rows and jobs that this release writes. Raise it when a gateway of the previous release would misread a job of a kind that it knows. */
export const outboxVersion = 1;

/** What every outbox job carries, besides the data of its kind. */
export interface OutboxJob {
  kind: string;
  /** Absent from jobs of releases before 0.2, which have version 1. */
  version?: number;
}

/** The queue of everything that is to be done at a payment provider. */
export const paymentsQueue = '{payments}';

/** A payment at whose provider something is to be done. */
export interface PaymentDue {
  payment_id: string;
  booking_id: string;
}
