import type { Outcome } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Config } from '@boxoffice/shared/service/config';
import { LRUCache } from 'lru-cache';
import type { JobLookup } from './job-lookup.ts';

/** Requests that are counted. Beyond that the oldest no longer count: memory is bounded, the limit is not exact. */
const countedLimit = 100_000;
/** Requests looked for in the queue per check, oldest first: those that were lost with Redis are older than those it has. */
const suspectLimit = 20;
/** Outcomes that may arrive before Redis has confirmed their requests. */
const earlyLimit = 10_000;

/** The part of a partition's queue that one user may hold, even where the configured limit allows more. */
const queueShare = 1 / 4;

/** How many undecided requests one user may have: in the worst case each is its own job. */
export function undecidedLimit(
  config: Pick<Config, 'BOOKING_QUEUE_LIMIT' | 'UNDECIDED_LIMIT_PER_USER' | 'NODE_ENV'>,
): number {
  const perUser = config.UNDECIDED_LIMIT_PER_USER ?? (config.NODE_ENV === 'production' ? 200 : 10_000);
  return Math.min(perUser, Math.ceil(config.BOOKING_QUEUE_LIMIT * queueShare));
}

interface UserRequests {
  /** Requests that are on their way to the queue, and that do not have an id yet. */
  sending: number;
  /** Ids of requests that may be in the queue, oldest first. */
  queued: Set<string>;
  isChecked: boolean;
}

/** The place of a request among its user's undecided ones. Call exactly one of these, once. */
interface Place {
  /** The request is in the queue, or may be. */
  queued(id: string): void;
  /** The request is not in the queue. */
  leave(): void;
}

/**
 * Limits how many undecided requests one user may have through this gateway, so that nobody fills a partition's
 * queue alone.
 */
export class UndecidedRequests {
  readonly #limit: number;
  readonly #lookup: Pick<JobLookup, 'find' | 'findOutcomes'>;
  readonly #users = new Map<number, UserRequests>();
  /** The user of every queued request, oldest first. */
  readonly #owners = new Map<string, number>();
  readonly #early = new LRUCache<string, true>({ max: earlyLimit });

  constructor(limit: number, lookup: Pick<JobLookup, 'find' | 'findOutcomes'>) {
    this.#limit = limit;
    this.#lookup = lookup;
  }

  /**
   * Counts a request that is about to be queued.
   *
   * @throws {ProblemError} too_many_requests when the user has too many undecided ones
   */
  enter(userId: number): Place {
    const requests = this.#users.get(userId) ?? { sending: 0, queued: new Set(), isChecked: false };
    if (requests.sending + requests.queued.size >= this.#limit) {
      void this.#check(requests);
      throw tooManyUndecided(this.#limit);
    }
    requests.sending++;
    this.#users.set(userId, requests);
    return {
      queued: (id) => {
        requests.sending--;
        if (!this.#early.delete(id)) this.#add(id, userId, requests);
        this.#forgetIfIdle(userId, requests);
      },
      leave: () => {
        requests.sending--;
        this.#forgetIfIdle(userId, requests);
      },
    };
  }

  /** Call it when outcomes arrive: their requests no longer count. */
  decided(outcomes: readonly Pick<Outcome, 'id'>[]): void {
    for (const { id } of outcomes) if (!this.#remove(id)) this.#early.set(id, true);
  }

  #add(id: string, userId: number, { queued }: UserRequests): void {
    queued.add(id);
    this.#owners.set(id, userId);
    const [oldest] = this.#owners.size > countedLimit ? this.#owners.keys() : [];
    if (oldest !== undefined) this.#remove(oldest);
  }

  #remove(id: string): boolean {
    const userId = this.#owners.get(id);
    if (userId === undefined) return false;
    this.#owners.delete(id);
    const requests = this.#users.get(userId);
    requests?.queued.delete(id);
    if (requests) this.#forgetIfIdle(userId, requests);
    return true;
  }

  #forgetIfIdle(userId: number, { sending, queued }: UserRequests): void {
    if (sending === 0 && queued.size === 0) this.#users.delete(userId);
  }

  /**
   * Messages with outcomes can be lost, and requests with Redis: looks up those of a user who is at the limit, so that
   * the next try may pass.
   */
  async #check(requests: UserRequests): Promise<void> {
    if (requests.isChecked) return;
    requests.isChecked = true;
    try {
      for (const { id } of await this.#lookup.findOutcomes([...requests.queued])) this.#remove(id);
      // One by one: the queue has more important things to do.
      for (const id of [...requests.queued].slice(0, suspectLimit))
        if (!(await this.#lookup.find(id))) this.#remove(id);
    } catch {
      // What cannot be looked up still counts.
    }
    requests.isChecked = false;
  }
}

function tooManyUndecided(limit: number): ProblemError {
  const detail = `You have ${limit} requests that are not decided yet. Nothing was accepted: wait for their outcomes.`;
  return new ProblemError('too_many_requests', detail, { retryAfterSeconds: 1 });
}
