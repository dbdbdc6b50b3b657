import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { refusalClass } from './inspect-locks.ts';

/**
 * The minimum time for which a partition is refused while another worker serves it, in milliseconds: more unknown requests
 * are likely to follow, and handing the partition back and forth helps nobody.
 */
const refusedForMs = 60_000;
/** The time between two checks of whether the envelope is still there, in milliseconds. */
const checkEveryMs = 1_000;
const answerWithinMs = 500;

interface Refusal {
  since: number;
  checkedAt: number;
  /** Whether the session holds the lock that announces it to other workers. */
  isAnnounced: boolean;
  /** Whether the refused envelope is still undecided. */
  isStillThere: () => Promise<boolean>;
}

/**
 * The partitions whose next envelope this worker does not understand. Deciding those behind it would break the order, so
 * the partition goes to a worker that understands it, or waits for one.
 */
export class Refusals {
  readonly #refusals = new Map<number, Refusal>();

  get partitions(): number[] {
    return [...this.#refusals.keys()].sort((a, b) => a - b);
  }

  /** @param isStillThere whether the envelope is still undecided */
  add(partition: number, isStillThere: () => Promise<boolean>): void {
    const now = performance.now();
    this.#refusals.set(partition, { since: now, checkedAt: now, isAnnounced: false, isStillThere });
  }

  /** Call it when the lease session has ended: the next one announces the refusals again. */
  sessionEnded(): void {
    for (const refusal of this.#refusals.values()) refusal.isAnnounced = false;
  }

  /**
   * Announces new refusals, and withdraws those whose envelope has been decided.
   *
   * @param taken the partitions that any worker serves
   * @returns the refused partitions
   */
  async update(client: pg.Client, taken: ReadonlySet<number>): Promise<ReadonlySet<number>> {
    // In parallel and with a time limit, because PostgreSQL drops a lease session that is silent for too long.
    const over = await Promise.all(
      [...this.#refusals].map(async ([partition, refusal]) => {
        return refusal.isAnnounced && (await isOver(refusal, taken.has(partition))) ? [partition] : [];
      }),
    );
    for (const partition of over.flat()) {
      this.#refusals.delete(partition);
      await client.query('select pg_advisory_unlock_shared($1, $2)', [refusalClass, partition]);
    }
    for (const [partition, refusal] of this.#refusals) {
      if (refusal.isAnnounced) continue;
      await client.query('select pg_advisory_lock_shared($1, $2)', [refusalClass, partition]);
      refusal.isAnnounced = true;
    }
    return new Set(this.#refusals.keys());
  }
}

/** Whether the partition need no longer be refused; false while that is unknown. */
async function isOver(refusal: Refusal, isServed: boolean): Promise<boolean> {
  const now = performance.now();
  if (now - refusal.checkedAt < checkEveryMs || (isServed && now - refusal.since < refusedForMs)) return false;
  refusal.checkedAt = now;
  const isStillThere = refusal.isStillThere().catch(() => true); // unknown: Redis is unavailable
  return !(await Promise.race([isStillThere, delay(answerWithinMs, true)]));
}
