import { hasFourDigitYear } from '@boxoffice/shared/contracts/moments';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { ScreenSlot } from '../repositories/screen-slots.ts';

/**
 * The time for which a show needs its screen.
 *
 * @param minutes the length of the movie and the turnaround
 * @param field the field of the request to blame
 * @throws {ProblemError} validation_failed if that cannot be stored
 */
export function screenSlot(
  start: Date,
  minutes: number,
  field: 'date_time' | 'duration_minutes' = 'date_time',
): ScreenSlot {
  const until = new Date(start.getTime() + minutes * 60_000);
  if (hasFourDigitYear(until)) return { start, until };
  const message = 'The screen would be needed beyond the year 9999, UTC';
  throw new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: [message] } });
}
