import type { ScreenTime } from '../repositories/screen-times.ts';

/** When a show that starts then needs its screen, which it does for so many minutes with the turnaround. */
export function screenTime(start: Date, minutes: number): ScreenTime {
  return { start, until: new Date(start.getTime() + minutes * 60_000) };
}
