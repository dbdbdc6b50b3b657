import type { Step } from './next-step.ts';

const firstMs = 1_000;
const longestMs = 60 * 60_000;
/** The longest pauses of steps that somebody may be waiting for, in milliseconds: a buyer, or the holder of a card. */
const longestMsOf: Partial<Record<Step, number>> = { find: 5 * 60_000, confirm: 30_000, void: 30_000 };

/** How long to wait after so many failed attempts, in milliseconds: twice as long each time, up to an hour. */
export function backoffMs(tries: number): number {
  const ms = Math.min(firstMs * 2 ** Math.min(tries, 20), longestMs);
  return Math.round(ms * (0.75 + Math.random() / 2));
}

/** How long to wait before a step is taken again, in milliseconds. Seats that were paid for in time are soon confirmed. */
export function pauseMs(step: Step, { tries }: { tries: number }): number {
  return Math.min(backoffMs(tries), longestMsOf[step] ?? longestMs);
}
