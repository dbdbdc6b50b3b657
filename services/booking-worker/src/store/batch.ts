import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import type { Lease } from '../leases/leases.ts';

/** Requests to be decided in one transaction. */
export interface Batch {
  requests: readonly BookingRequest[];
  /** The leases of the partitions they come from. */
  leases: readonly Lease[];
}
