/** Dates and numbers as the browser's language writes them, in the browser's time zone. */

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const momentExactly = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });
const number = new Intl.NumberFormat();

export const momentText = (iso: string) => moment.format(new Date(iso));
export const momentTextExactly = (iso: string) => momentExactly.format(new Date(iso));
/** @param date `2030-01-31` */
export const dayText = (date: string) => day.format(new Date(`${date}T00:00:00Z`));
export const numberText = (value: number) => number.format(value);
export const countText = (count: number, one: string, many = `${one}s`) =>
  `${numberText(count)} ${count === 1 ? one : many}`;

/** As long as it is worth saying: `4 ms`, `1.2 s`, `3 min`. */
export function durationText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  return seconds < 120 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds / 60)} min`;
}

/** An instant as `<input type="datetime-local">` wants it. */
export function localInput(iso: string): string {
  const at = new Date(iso);
  const pad = (value: number) => String(value).padStart(2, '0');
  const date = `${String(at.getFullYear()).padStart(4, '0')}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${date}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}
