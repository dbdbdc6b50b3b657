import type { Partitioning } from '@boxoffice/shared/partitioning';
import type { Logger } from '@boxoffice/shared/service/logging';

/** The right to serve a partition, for as long as a PostgreSQL session lives. */
export interface Lease {
  partition: number;
  /** Number of the session that holds the lock. */
  session: number;
}

export interface LeaseOptions {
  databaseUrl: string;
  handler: LeaseHandler;
  logger: Logger;
  /** Called with the partitioning when it is first read, and after each change. */
  onPartitioning?: (partitioning: Partitioning) => void;
  /** Partitions that no longer exist but whose queues are not empty; none by default. */
  leftovers?: () => ReadonlySet<number>;
}

/** Serves partitions while this worker holds their leases. */
export interface LeaseHandler {
  /** The lease is ours: start to serve the partition. Must not block. */
  acquired(lease: Lease): void;
  /** Finish the work in progress: the lease is released when this resolves. */
  releasing(partition: number): Promise<void>;
  /** The lease is already gone: stop immediately. */
  lost(partition: number): void;
}
