import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { refusalClass } from './inspect-locks.ts';

/**
 * How long a partition is refused at least while another worker serves it, in milliseconds: where one unknown request came
 * from there are probably more, and handing the partition back and forth helps nobody.
 */
const refusedForMs = 60_000;
/** How often it is checked whether the request is still there, in milliseconds. */
const checkEveryMs = 1_000;
const answerWithinMs = 500;

interface Refusal {
  since: number;
  checkedAt: number;
  /** Whether the others know: the session holds the lock that says so. */
  isAnnounced: boolean;
  /** Whether the request that was refused still waits to be decided. */
  isStillThere: () => Promise<boolean>;
}

/**
 * The partitions whose next request this worker does not know how to decide. Deciding those behind it would break the
 * order, so the partition goes to a worker that does know, or waits for one.
 */
export class Refusals {
  readonly #refusals = new Map<number, Refusal>();

  get partitions(): number[] {
    return [...this.#refusals.keys()].sort((a, b) => a - b);
  }

  /** @param isStillThere whether the request still waits to be decided */
  add(partition: number, isStillThere: () => Promise<boolean>): void {
    const now = performance.now();
    this.#refusals.set(partition, { since: now, checkedAt: now, isAnnounced: false, isStillThere });
  }

  /** The next session announces them again. */
  sessionEnded(): void {
    for (const refusal of this.#refusals.values()) refusal.isAnnounced = false;
  }

  /**
   * Announces new refusals, and withdraws those whose request is decided.
   *
   * @param taken the partitions that some worker serves
   * @returns the partitions refused
   */
  async update(client: pg.Client, taken: ReadonlySet<number>): Promise<ReadonlySet<number>> {
    // In parallel, and with a time limit: the lease connection must not go silent because Redis does.
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

/** Whether the request is decided, and the partition need not be refused any longer; false while that is unknown. */
async function isOver(refusal: Refusal, isServed: boolean): Promise<boolean> {
  const now = performance.now();
  if (now - refusal.checkedAt < checkEveryMs || (isServed && now - refusal.since < refusedForMs)) return false;
  refusal.checkedAt = now;
  const isStillThere = refusal.isStillThere().catch(() => true); // Redis is away
  return !(await Promise.race([isStillThere, delay(answerWithinMs, true)]));
}
