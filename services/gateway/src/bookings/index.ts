/** Bookings: booking, cancelling, and their outcomes. */
import type { Http } from '@boxoffice/shared/service/http';
import type { CatalogClient, ResponseCache } from '../catalog/index.ts';
import type { Operation } from '../http/operation.ts';
import type { EventStreams } from '../streams/index.ts';
import type { BookingQueue } from './queue/booking-queue.ts';
import type { RequestBudget } from './request-budget.ts';
import { book } from './routes/book.ts';
import { cancel } from './routes/cancel.ts';
import { confirm } from './routes/confirm.ts';
import { followJob } from './routes/follow-job.ts';
import { getBooking } from './routes/get-booking.ts';
import { getJob } from './routes/get-job.ts';
import { hold } from './routes/hold.ts';
import { listMyBookings } from './routes/list-my-bookings.ts';
import type { Bookings } from './stored-bookings.ts';
import type { StoredOutcomes } from './stored-outcomes.ts';

export { Acceptance } from './acceptance.ts';
export type { ChangeDependencies } from './booking-change.ts';
export { type BookingChange, getBookingOwner } from './booking-change.ts';
export { cancelBooking } from './cancel-booking.ts';
export { readDatabase } from './database-read.ts';
export { payBooking } from './pay-booking.ts';
export { BookingQueue } from './queue/booking-queue.ts';
export { CurrentPartitioning } from './queue/current-partitioning.ts';
export { PartitionOwners } from './queue/partition-owners.ts';
export { undecidedLimit } from './queue/undecided-requests.ts';
export { type BudgetDependencies, RequestBudget, withinBudget } from './request-budget.ts';
export { BookingParams } from './routes/booking-params.ts';
export { cancelContract } from './routes/cancel-contract.ts';
export { changeContract, readChange, sendChange } from './routes/change-contract.ts';
export { acceptedJob, type PollDependencies, sendAccepted, sendRefusal } from './routes/job-reply.ts';
export { Bookings } from './stored-bookings.ts';
export { StoredOutcomes } from './stored-outcomes.ts';
export { type SubmitDependencies, submitRequest } from './submit-request.ts';

export interface Dependencies {
  responses: ResponseCache;
  bookings: Bookings;
  budget: RequestBudget;
  catalog: CatalogClient;
  config: { EVENT_STREAM_LIMIT_PER_USER: number; HOLD_SECONDS: number };
  outcomes: StoredOutcomes;
  queue: BookingQueue;
  streams: EventStreams;
}

export const operations: Operation<Dependencies>[] = [
  ...[book, hold, getJob, followJob, listMyBookings, getBooking],
  ...[confirm, cancel],
];

export function register(http: Http, dependencies: Dependencies): void {
  for (const operation of operations) operation.serve(http, dependencies);
}
