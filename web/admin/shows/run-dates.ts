/** The days of a run of shows. */
import { formatCalendarDate, formatCount } from '../../lib/format.ts';

export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const dayMs = 24 * 60 * 60 * 1_000;
/** Shows per run, as the server allows. */
const runLimit = 200;

/**
 * The dates from first to last that fall on the given days of the week. It stops once there are too many for
 * one run.
 *
 * @param days whether each day of the week is included, Monday first
 */
export function datesBetween(first: string, last: string, days: boolean[]): string[] {
  const dates: string[] = [];
  const lastMs = Date.parse(last);
  for (let ms = Date.parse(first); ms <= lastMs && dates.length <= runLimit; ms += dayMs) {
    const date = new Date(ms);
    if (days[(date.getUTCDay() + 6) % 7]) dates.push(date.toISOString().slice(0, 10));
  }
  return dates;
}

/** `12 shows: 6 days (22 Nov to 27 Nov), 2 times.` */
export function describeRun(dates: string[], times: string[]): string {
  const [first] = dates;
  const last = dates.at(-1);
  if (!first || !last || times.length === 0) return 'Select days and times.';
  const count = dates.length * times.length;
  const tooMany = count > runLimit ? ` You can add up to ${runLimit} shows in one step.` : '';
  const range =
    first === last ? formatCalendarDate(first) : `${formatCalendarDate(first)} to ${formatCalendarDate(last)}`;
  return `${formatCount(count, 'show')}: ${formatCount(dates.length, 'day')} (${range}), ${formatCount(times.length, 'time')}.${tooMany}`;
}
