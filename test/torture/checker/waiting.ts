import { type History, makesBooking, type Violation } from './history.ts';
import { name } from './outcomes.ts';
import type { Assigned } from './rows.ts';

/** A gateway that missed the message with an outcome finds it by itself within this time, in milliseconds. */
const foundWithinMs = 3_000;

/**
 * A waiting client gets its outcome promptly once it is decided, unless a fault was still active.
 *
 * @param calm whether nothing was wrong all through a stretch of time
 */
export function checkWaiting(
  { operations }: History,
  { rows }: Assigned,
  calm: (from: number, to: number) => boolean,
): Violation[] {
  return operations.flatMap((operation) => {
    const row = rows.get(operation.ids[0] ?? '');
    if (!makesBooking(operation) || !row) return [];
    return operation.waits
      .filter(({ told }) => told - row.decided > foundWithinMs && calm(told - foundWithinMs, told))
      .map(({ told }) => ({
        rule: 'waiting',
        text: `${name(operation)} waited, and was not answered though it had been decided for ${Math.round(told - row.decided)} ms`,
        show: operation.show,
        seats: operation.seats,
        operations: [operation],
      }));
  });
}
