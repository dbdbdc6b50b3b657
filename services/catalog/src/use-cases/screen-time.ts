import type { ScreenTime } from '../repositories/screen-times.ts';

/** How long a show that starts then needs its screen. */
export function screenTime(start: Date, durationMinutes: number, turnaroundMinutes: number): ScreenTime {
  return { start, until: new Date(start.getTime() + (durationMinutes + turnaroundMinutes) * 60_000) };
}
