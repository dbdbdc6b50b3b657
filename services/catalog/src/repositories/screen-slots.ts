import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { EntityManager } from '@boxoffice/shared/database/orm';
import { getScreenForShow } from './screens.ts';

/** The time for which a show needs its screen: until the movie has ended and the hall is ready for the next. */
export interface ScreenSlot {
  start: Date;
  until: Date;
  /** The show, if it exists: it does not clash with itself. */
  showId?: number | undefined;
}

/** With times as JavaScript writes them. */
interface Clash {
  start: string;
  show_id: number;
  date_time: string;
  busy_until: string;
}

/**
 * Checks that a screen is free for shows, and locks it until this transaction ends: a show that is added meanwhile would
 * be missed. The exclusion constraint enforces the same, but reports one clash at a time, without naming the other show.
 *
 * @param field the field of the request to blame
 * @throws {ProblemError} screen_busy, naming every clash; validation_failed if there is no such screen
 */
export async function assertScreenFree(
  em: EntityManager,
  screenId: number,
  times: ScreenSlot[],
  field: 'date_time' | 'duration_minutes' = 'date_time',
): Promise<void> {
  await getScreenForShow(em, screenId);
  const clashes = await em.execute<Clash[]>(
    `select ${iso('start')} as start, shows.id as show_id, ${iso('date_time')} as date_time, ${iso('busy_until')} as busy_until
     from json_to_recordset(?::json) as wanted (start timestamptz, until timestamptz, "showId" int)
     join catalog.shows on screen_id = ? and status = 'scheduled' and shows.id is distinct from "showId"
       and tstzrange(date_time, busy_until) && tstzrange(start, until)
     order by wanted.start, shows.date_time`,
    [JSON.stringify(times), screenId],
  );
  const messages = [
    ...clashes.map(clashWithShow),
    ...clashesWithin(times.filter(({ showId }) => showId === undefined)),
  ];
  if (messages.length === 0) return;
  throw new ProblemError('screen_busy', `Screen ${screenId} is busy: ${messages.join('; ')}.`, {
    errors: { [field]: messages },
  });
}

function clashWithShow({ start, show_id, date_time, busy_until }: Clash): string {
  return `${start} clashes with show ${show_id}, which needs the screen from ${date_time} to ${busy_until}`;
}

/** `Date` would read the first years, as PostgreSQL writes them by default, as 2001 and so on. */
function iso(time: string): string {
  return `to_char(${time} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Shows that are to be created together and overlap. */
function clashesWithin(times: ScreenSlot[]): string[] {
  const sorted = [...times].sort((a, b) => a.start.getTime() - b.start.getTime());
  return sorted.slice(1).flatMap(({ start }, index) => {
    const before = sorted[index];
    if (!before || before.until <= start) return [];
    return `${start.toISOString()} clashes with the new show at ${before.start.toISOString()}, which needs the screen until ${before.until.toISOString()}`;
  });
}
