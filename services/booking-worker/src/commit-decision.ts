import { setTimeout as delay } from 'node:timers/promises';
import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { isDatabaseAway, sqlState } from '@boxoffice/shared/database/errors';
import type { Logger } from '@boxoffice/shared/service/logging';
import { decide } from './decide/decide.ts';
import type { TurnMetrics } from './metrics.ts';
import type { Batch } from './store/batch.ts';
import type { BookingStore } from './store/booking-store.ts';
import { DecisionConflict } from './store/errors.ts';

/** A decision that conflicts with other writers this many times is a fault. */
const conflictLimit = 5;
const firstRetryMs = 50;
const longestRetryMs = 1_000;

export interface CommitDependencies {
  store: BookingStore;
  logger: Logger;
  metrics: TurnMetrics;
  /** Ends the wait for the database. */
  signal: AbortSignal;
}

/**
 * Decides a batch and commits the outcomes. Transient errors are retried here, for as long as they
 * last, never by re-queueing, which would cost the requests their place.
 */
export async function commitDecision(dependencies: CommitDependencies, batch: Batch): Promise<Outcome[]> {
  const { logger, metrics, signal } = dependencies;
  for (let conflicts = 0, waitMs = firstRetryMs; ; ) {
    try {
      return await attempt(dependencies, batch);
    } catch (error) {
      if (isConflict(error) && ++conflicts < conflictLimit) {
        metrics.conflicts.inc();
        logger.warn({ reason: (error as Error).message }, 'conflict with another writer: deciding again');
      } else if (isTransient(error)) {
        logger.warn({ reason: (error as Error).message, waitMs }, 'database is unavailable: the turn waits');
        await delay(waitMs, undefined, { signal });
        waitMs = Math.min(waitMs * 2, longestRetryMs);
      } else {
        throw error;
      }
    }
  }
}

async function attempt({ store, metrics }: CommitDependencies, batch: Batch): Promise<Outcome[]> {
  const startedAt = performance.now();
  let decideMs = 0;
  const outcomes = await store.decideAndCommit(batch, (state) => {
    const readAt = performance.now();
    const decision = decide(batch.requests, state, batch.following);
    decideMs = performance.now() - readAt;
    return decision;
  });
  metrics.turn(batch.requests, outcomes, { decideMs, turnMs: performance.now() - startedAt });
  return outcomes;
}

/** The seat or booking already exists (unique_violation), or it changed after it was read. */
function isConflict(error: unknown): boolean {
  return error instanceof DecisionConflict || sqlState(error) === '23505';
}

/** The database is unavailable, or gave up this transaction in favour of another (serialization failure, deadlock). */
function isTransient(error: unknown): boolean {
  return isDatabaseAway(error) || ['40001', '40P01'].includes(sqlState(error) ?? '');
}
