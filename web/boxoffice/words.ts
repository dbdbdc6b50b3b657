/** How things are said to people. */
import { NoAnswerError, ProblemError } from '@boxoffice/client';

const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' });
const shortDay = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** On the visitor's clock: `Sunday 22 November`. */
export const dayOf = (date: string): string => day.format(new Date(date));
/** `Sun 22 Nov`. */
export const shortDayOf = (date: string): string => shortDay.format(new Date(date)).replace(',', '');
/** `19:30`. */
export const timeOf = (date: string): string => time.format(new Date(date));

const list = new Intl.ListFormat('en-GB', { type: 'conjunction' });
/** `A5, A6 and B1`. */
export const listed = (names: string[]): string => list.format(names);

export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** What is passing, and why one has to wait. */
export function troubleOf(reason: unknown): string {
  if (reason instanceof NoAnswerError) return 'The box office cannot be reached. We keep trying.';
  if (!(reason instanceof ProblemError)) return 'Something went wrong. We keep trying.';
  switch (reason.code) {
    case 'catalog_unavailable':
      return 'The programme is out of reach for a moment. We keep trying.';
    case 'queue_unavailable':
      return 'Bookings cannot be taken just now. We keep trying.';
    case 'queue_full':
      return 'So many people are booking that the line is full. We keep trying.';
    case 'database_unavailable':
      return 'The box office is out of order for a moment. We keep trying.';
    default:
      return reason.message;
  }
}

/** Why it did not work, for good. */
export function refusalOf(reason: unknown): string {
  if (reason instanceof ProblemError) return reason.message;
  return reason instanceof NoAnswerError ? 'The box office cannot be reached. Try again.' : 'Something went wrong.';
}
