import type { ScreenSlot } from '../repositories/screen-slots.ts';

/** The time for which a show needs its screen. */
export function screenSlot(start: Date, durationMinutes: number, turnaroundMinutes: number): ScreenSlot {
  return { start, until: new Date(start.getTime() + (durationMinutes + turnaroundMinutes) * 60_000) };
}
