/**
 * The instant of a local time in a time zone. When clocks are set back, a local time occurs twice: the
 * first one counts (RFC 5545, 3.3.5). When they are set forward, the times in between do not occur.
 *
 * @param date `2030-03-31`
 * @param time `19:30`
 * @param timeZone an IANA name that `Intl` supports
 * @returns null if there is no such time on that day
 */
export function instantOf(date: string, time: string, timeZone: string): Date | null {
  const asUtcMs = Date.parse(`${date}T${time}:00Z`);
  const dayMs = 24 * 60 * 60 * 1_000;
  // The offset is that of the day before or of the day after: no zone changes twice within two days.
  const instants = [asUtcMs - dayMs, asUtcMs + dayMs].map((nearMs) => asUtcMs - offsetMs(nearMs, timeZone));
  const matching = instants.filter((ms) => ms + offsetMs(ms, timeZone) === asUtcMs);
  return matching.length > 0 ? new Date(Math.min(...matching)) : null;
}

/** How far a time zone is ahead of UTC at an instant, in milliseconds. */
function offsetMs(instantMs: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(instantMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
  const ahead = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  return (sign === '-' ? -1 : 1) * ahead * 1_000;
}
