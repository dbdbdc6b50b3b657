import type { Operation } from './history.ts';

/** When something may have taken effect, and the operations that say so. */
interface Window {
  earliest: number;
  latest: number;
  why: Operation[];
}

/** A booking has the seat from one moment to another; for ever when both bounds of `end` are infinite. */
export interface Tenancy {
  booking: string;
  /** When it began, by the database's clock, which does not run backwards: of one turn, all have the same. */
  at: number;
  start: Window;
  end: Window;
}

/** A refused request saw the seat as taken, or as free, at some moment between `from` and `to`. */
export interface Read {
  from: number;
  to: number;
  taken: boolean;
  by: Operation;
}

export interface Contradiction {
  text: string;
  operations: Operation[];
}

/**
 * Says why no order of these tenancies and reads fits their times; null when one does, as far as
 * propagation finds out. It never accuses a possible history.
 *
 * The order of the tenancies is known: by the database's clock and, within a turn, from the times of the requests.
 * Nobody can cancel a booking before it was accepted, so of two that follow each other the first was accepted first. What remains is to find a
 * moment for each start and end: as early as possible from the left, as late as possible from the
 * right, and narrower again wherever a read fits in one place only.
 */
export function contradiction(tenancies: readonly Tenancy[], reads: readonly Read[]): Contradiction | null {
  const line = tenancies
    .map(({ start, end, ...tenancy }) => ({ ...tenancy, start: { ...start }, end: { ...end } }))
    .sort(
      (a, b) =>
        a.at - b.at ||
        deadline(a) - deadline(b) ||
        a.end.earliest - b.end.earliest ||
        a.start.earliest - b.start.earliest,
    );
  for (let changed = true; changed; ) {
    const wrong = settle(line);
    if (wrong) return wrong;
    changed = false;
    for (const read of reads) {
      const places = placesOf(line, read);
      const [only, other] = places;
      if (!only) return noPlace(line, read);
      if (!other && narrow(only, read)) changed = true;
    }
  }
  return null;
}

/** An unanswered booking was accepted before it was cancelled. Those that last come last. */
const deadline = ({ start, end }: Tenancy) =>
  end.earliest === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.min(start.latest, end.latest);

/** Bounds every start and end by those before and behind it. */
function settle(line: Tenancy[]): Contradiction | null {
  let before: Window | null = null;
  for (const { booking, start, end } of line) {
    if (before && before.earliest > start.earliest) raise(start, before);
    if (start.earliest > start.latest)
      return {
        text: `booking ${booking} was accepted before the seat was given back to be sold again`,
        operations: [...start.why, ...(before?.why ?? [])],
      };
    if (start.earliest > end.earliest) raise(end, start);
    if (end.earliest > end.latest)
      return { text: `booking ${booking} was cancelled before it was made`, operations: [...start.why, ...end.why] };
    before = end;
  }
  let behind: Window | null = null;
  for (const { start, end } of line.toReversed()) {
    if (behind && behind.latest < end.latest) lower(end, behind);
    if (end.latest < start.latest) lower(start, end);
    behind = start;
  }
  return null;
}

function raise(window: Window, by: Window): void {
  window.earliest = by.earliest;
  window.why = [...new Set([...window.why, ...by.why])].slice(0, 12);
}

function lower(window: Window, by: Window): void {
  window.latest = by.latest;
  window.why = [...new Set([...window.why, ...by.why])].slice(0, 12);
}

/** A stretch in which the seat may be as the read saw it. */
interface Place {
  opens: Window | null;
  closes: Window | null;
}

function placesOf(line: readonly Tenancy[], read: Read): Place[] {
  const stretches: Place[] = read.taken
    ? line.map(({ start, end }) => ({ opens: start, closes: end }))
    : Array.from({ length: line.length + 1 }, (_, index) => ({
        opens: line[index - 1]?.end ?? null,
        closes: line[index]?.start ?? null,
      }));
  return stretches.filter(({ opens, closes }) => {
    const from = Math.max(read.from, opens?.earliest ?? Number.NEGATIVE_INFINITY);
    const to = Math.min(read.to, closes?.latest ?? Number.POSITIVE_INFINITY);
    return from <= to && from < Number.POSITIVE_INFINITY;
  });
}

/** The read fits nowhere else: it began no later, and ended no earlier. Says whether that is news. */
function narrow({ opens, closes }: Place, read: Read): boolean {
  let news = false;
  if (opens && read.to < opens.latest) {
    lower(opens, { earliest: 0, latest: read.to, why: [read.by] });
    news = true;
  }
  if (closes && read.from > closes.earliest) {
    raise(closes, { earliest: read.from, latest: 0, why: [read.by] });
    news = true;
  }
  return news;
}

function noPlace(line: readonly Tenancy[], read: Read): Contradiction {
  const near = line.filter(({ start, end }) => start.earliest <= read.to && end.latest >= read.from);
  const last = line.findLast(({ end }) => end.latest < read.from);
  const next = line.find(({ start }) => start.earliest > read.to);
  const around = [last, ...near.slice(0, 3), next].filter((tenancy) => tenancy !== undefined);
  return {
    text: read.taken
      ? `user ${read.by.user} was refused because it was taken, at a time when nobody can have had it`
      : `user ${read.by.user} was refused and the seat was said to be free, at a time when it was taken`,
    operations: [read.by, ...around.flatMap(({ start, end }) => [...start.why, ...end.why])],
  };
}
