import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import type { Acceptance } from '../acceptance.ts';
import type { KeyOwner } from './idempotency-keys.ts';

/** A request before it has its id. */
export type Draft = WithoutId<BookingRequest>;

/** Of each kind of request by itself: `Omit` alone would keep only what all kinds have in common. */
type WithoutId<Request> = Request extends BookingRequest ? Omit<Request, 'id'> : never;

export interface SubmitOptions {
  /** How long the caller wants to wait for the outcome, in milliseconds; 0: not at all. */
  waitMs: number;
  /** Once it is over, a request that has not been sent is dropped. */
  acceptance?: Pick<Acceptance, 'isOver' | 'jobId'>;
  /** Takes the Idempotency-Key over from this request, which was never accepted. */
  replaces?: string | undefined;
}

/** The result of submitting a request: queued under `id`, or recognised as a repeat of the key's owner. */
export type Submitted =
  | { status: 'queued'; id: string; position: number; outcome: Promise<Outcome | null> }
  | { status: 'repeat'; owner: KeyOwner };

/** A submitted request that is not yet part of an envelope, and so has no id. */
export interface PendingRequest {
  /** When it was submitted, by `performance.now()`. */
  since: number;
  draft: Draft;
  /** The `traceparent` of the HTTP request, if it is traced. */
  traceparent: string | undefined;
  options: SubmitOptions;
  resolve: (submitted: Submitted) => void;
  reject: (error: unknown) => void;
}
