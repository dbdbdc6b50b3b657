import { hasFourDigitYear } from '@boxoffice/shared/contracts/moments';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { ScreenTime } from '../repositories/screen-times.ts';

/**
 * When a show that starts then needs its screen, which it does for so many minutes with the turnaround.
 *
 * @param field the field of the request to blame
 * @throws {ProblemError} validation_failed if that cannot be stored
 */
export function screenTime(
  start: Date,
  minutes: number,
  field: 'date_time' | 'duration_minutes' = 'date_time',
): ScreenTime {
  const until = new Date(start.getTime() + minutes * 60_000);
  if (hasFourDigitYear(until)) return { start, until };
  const message = 'The screen would be needed beyond the year 9999, UTC';
  throw new ProblemError('validation_failed', `${field}: ${message}`, { errors: { [field]: [message] } });
}
