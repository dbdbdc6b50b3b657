import { setTimeout as delay } from 'node:timers/promises';
import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import { problem } from '@boxoffice/shared/contracts/problems';
import { sqlState } from '@boxoffice/shared/database/errors';
import type { Logger } from '@boxoffice/shared/service/logging';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import { decide, recordedOutcome } from './decide/decide.ts';
import type { Lease } from './leases/leases.ts';
import type { TurnMetrics } from './metrics.ts';
import type { Batch } from './store/batch.ts';
import type { BookingStore } from './store/booking-store.ts';
import { DecisionConflict, LeaseLost, PartitionCountChanged, Undecidable } from './store/errors.ts';
import { traceTurn } from './trace-turn.ts';

/** A decision that conflicts with other writers this many times is a fault. */
const conflictLimit = 5;
const firstRetryMs = 50;
const longestRetryMs = 1_000;

export interface CommitDependencies {
  store: BookingStore;
  logger: Logger;
  metrics: TurnMetrics;
  tracing?: Tracing | undefined;
  /** Called with the database's error when a turn begins to wait, and with null when it no longer does. */
  onWaiting: (error: Error | null) => void;
  /** Ends the wait for the database. */
  signal: AbortSignal;
}

/**
 * Decides a batch and commits the outcomes. Waits for the database here, however long, never by
 * re-queueing, which would cost the requests their position.
 *
 * @throws {LeaseLost} when one of the leases is no longer held
 * @throws an error that is the requests' own
 */
export function commitDecision(dependencies: CommitDependencies, batch: Batch): Promise<Outcome[]> {
  const { tracing } = dependencies;
  const commit = () => untilCommitted(dependencies, () => decideOnce(dependencies, batch));
  return tracing ? traceTurn(tracing, batch.requests, commit) : commit();
}

/**
 * Records that a request failed, and returns that outcome; or the outcome of an earlier attempt that was
 * committed, although the connection was lost before PostgreSQL said so.
 *
 * @throws {LeaseLost} when the lease is no longer held
 */
export async function commitFailure(
  dependencies: CommitDependencies,
  request: BookingRequest,
  lease: Lease,
): Promise<Outcome> {
  const committed = await findCommitted(dependencies, request, lease);
  if (committed) return committed;
  const detail = 'This request could not be decided. Nothing was booked or cancelled by it.';
  const outcome = { id: request.id, status: 'failed' as const, problem: problem('internal_error', detail) };
  const row = {
    ...{ ...outcome, kind: request.kind, showId: request.show_id, userId: request.user_id },
    ...{ bookingId: null, key: request.key ?? null },
  };
  await untilCommitted(dependencies, () => dependencies.store.commitFailure(row, lease)).catch((error: unknown) => {
    if (!isOwnFault(error)) throw error;
    // A request that no gateway of ours creates, such as one for a user beyond the range of ids.
    dependencies.logger.error({ err: error, job: request.id }, 'outcome cannot be recorded');
  });
  return outcome;
}

async function findCommitted(
  dependencies: CommitDependencies,
  request: BookingRequest,
  lease: Lease,
): Promise<Outcome | null> {
  const batch = { requests: [request], leases: [lease] };
  try {
    const state = await untilCommitted(dependencies, () => dependencies.store.read(batch));
    return decidable(() => recordedOutcome(request, state));
  } catch (error) {
    // PostgreSQL cannot even look this request up, so it cannot have stored it.
    if (isOwnFault(error)) return null;
    throw error;
  }
}

async function untilCommitted<T>(dependencies: CommitDependencies, attempt: () => Promise<T>): Promise<T> {
  const { logger, metrics, onWaiting, signal } = dependencies;
  for (let conflicts = 0, waitMs = firstRetryMs; ; ) {
    try {
      const committed = await attempt();
      onWaiting(null);
      return committed;
    } catch (error) {
      if (isConflict(error) && ++conflicts < conflictLimit) {
        metrics.conflicts.inc();
        logger.warn({ reason: (error as Error).message }, 'conflict with another writer: deciding again');
      } else if (error instanceof LeaseLost || isConflict(error) || isOwnFault(error)) {
        onWaiting(null);
        throw error;
      } else {
        logger.warn({ reason: (error as Error).message, waitMs }, 'database is unavailable: the turn waits');
        onWaiting(error as Error);
        await delay(waitMs, undefined, { signal });
        waitMs = Math.min(waitMs * 2, longestRetryMs);
      }
    }
  }
}

async function decideOnce({ store, metrics }: CommitDependencies, batch: Batch): Promise<Outcome[]> {
  const startedAt = performance.now();
  let decideMs = 0;
  const outcomes = await store.decideAndCommit(batch, (state) => {
    const readAt = performance.now();
    try {
      return decidable(() => decide(batch.requests, state));
    } finally {
      decideMs = performance.now() - readAt;
    }
  });
  metrics.turn(batch.requests, outcomes, { decideMs, turnMs: performance.now() - startedAt });
  return outcomes;
}

function decidable<T>(decide: () => T): T {
  try {
    return decide();
  } catch (cause) {
    throw new Undecidable((cause as Error).message, { cause });
  }
}

/** The seat, booking or outcome already exists (unique_violation), it changed after it was read, or its partition did. */
function isConflict(error: unknown): boolean {
  return error instanceof DecisionConflict || error instanceof PartitionCountChanged || sqlState(error) === '23505';
}

/**
 * Whether an error would recur for these requests, however long they waited: PostgreSQL cannot store them
 * (SQLSTATE classes 22 and 23), or our code cannot handle them. Every other error passes: a failover, a full
 * disk, a wrong password, a migration that is not applied yet.
 */
function isOwnFault(error: unknown): boolean {
  return error instanceof Undecidable || /^2[23]/.test(sqlState(error) ?? '');
}
