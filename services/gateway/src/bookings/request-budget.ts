import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Config } from '@boxoffice/shared/service/config';
import { LRUCache } from 'lru-cache';
import type { Hooks } from '../http/operation.ts';

/** Users whose buckets are kept. A user whose bucket is evicted starts with a full one: eviction takes 50,000 other active users. */
const userLimit = 50_000;

interface Bucket {
  tokens: number;
  /** When `tokens` was true, by `performance.now()`. */
  at: number;
}

/**
 * How many booking and cancel requests one user may send: a token bucket per user, which holds a minute's worth
 * and refills evenly. It is kept in this process, because asking Redis would cost each booking a round trip: a user
 * who spreads requests over several gateways gets the limit of each.
 */
export class RequestBudget {
  readonly #perMinute: number;
  readonly #buckets = new LRUCache<number, Bucket>({ max: userLimit });

  constructor(config: Pick<Config, 'BOOKING_LIMIT_PER_MINUTE' | 'NODE_ENV'>) {
    this.#perMinute = config.BOOKING_LIMIT_PER_MINUTE ?? (config.NODE_ENV === 'production' ? 300 : 10_000);
  }

  /** @throws {ProblemError} too_many_requests when the user's bucket is empty */
  spend(userId: number, now = performance.now()): void {
    const bucket = this.#buckets.get(userId) ?? { tokens: this.#perMinute, at: now };
    const perMs = this.#perMinute / 60_000;
    const tokens = Math.min(this.#perMinute, bucket.tokens + (now - bucket.at) * perMs);
    if (tokens < 1) throw tooMany((1 - tokens) / perMs);
    bucket.tokens = tokens - 1;
    bucket.at = now;
    this.#buckets.set(userId, bucket);
  }
}

export interface BudgetDependencies {
  budget: RequestBudget;
}

/**
 * Adds to a route's hooks that a request is charged to its user before it costs a look-up or a place in the queue. A
 * retry of an accepted request may thus be refused; the refusal says nothing about the first request.
 */
export function withinBudget<Dependencies>(hooks: (dependencies: Dependencies) => Hooks) {
  return (dependencies: Dependencies & BudgetDependencies): Hooks => ({
    ...hooks(dependencies),
    onRequest(request, _reply, done) {
      try {
        dependencies.budget.spend(request.user.id);
        done();
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

function tooMany(waitMs: number): ProblemError {
  const retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1_000));
  const detail = `You have sent too many booking requests. This one was not looked at: try again in ${retryAfterSeconds} s.`;
  return new ProblemError('too_many_requests', detail, { retryAfterSeconds });
}
