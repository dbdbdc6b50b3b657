import { PlainError } from '@boxoffice/local-servers/plain-error';

/** @throws {PlainError} when this is no day, or one that has not begun, in UTC */
export function checkDay(text: string, now = new Date()): void {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  // JavaScript takes the 30th of February for a day in March.
  if (Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== text)
    throw new PlainError(`There is no day ${text}: write it as in 2026-01-31.`);
  if (time > now) throw new PlainError(`${text} is in the future: only shows that are over can be archived.`);
}
