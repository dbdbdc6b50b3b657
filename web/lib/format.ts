/** Dates, numbers and lists as text. The pages are written in English, so these are, too. */

const locale = 'en-GB';

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const dayFormat = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
const shortDayFormat = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short' });
const calendarDateFormat = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const fullDateFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' });
const timeFormat = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
const dateTimeFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
const preciseDateTimeFormat = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const numberFormat = new Intl.NumberFormat(locale);
const listFormat = new Intl.ListFormat(locale, { type: 'conjunction' });

/** `Sunday 22 November`, in the browser's time zone, like all that follow unless they say otherwise. */
export const formatDay = (iso: string): string => dayFormat.format(new Date(iso));
/** `Sun 22 Nov` */
export const formatShortDay = (iso: string): string => shortDayFormat.format(new Date(iso)).replace(',', '');
/** `22 Nov`, of a calendar date such as `2030-11-22`, which has no time zone. */
export const formatCalendarDate = (date: string): string => calendarDateFormat.format(new Date(`${date}T00:00:00Z`));
/** `Friday 22 November 2030`, of a calendar date. */
export const formatFullDate = (date: string): string => fullDateFormat.format(new Date(`${date}T00:00:00Z`));
/** `19:30` */
export const formatTime = (iso: string): string => timeFormat.format(new Date(iso));
/** `22 Nov 2030, 19:30` */
export const formatDateTime = (iso: string): string => dateTimeFormat.format(new Date(iso));
/** `22 Nov 2030, 19:30:07` */
export const formatPreciseDateTime = (iso: string): string => preciseDateTimeFormat.format(new Date(iso));
/** `12,345` */
export const formatNumber = (value: number): string => numberFormat.format(value);
/** `A5, A6 and B1` */
export const formatList = (items: string[]): string => listFormat.format(items);
/** `1 seat`, `12 seats` */
export const formatCount = (count: number, singular: string, plural = `${singular}s`): string =>
  `${formatNumber(count)} ${count === 1 ? singular : plural}`;

/** `4 ms`, `1.2 s`, `3 min` */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}
