import type { SeatChanges, SeatMap } from '@boxoffice/shared/contracts/catalog';
import type { ProblemError } from '@boxoffice/shared/contracts/problems';
import { type Occupancy, seatMap, seatMapTag } from '@boxoffice/shared/seats';
import { type EventStream, eventBytes } from './event-stream.ts';

/** Changes kept for clients that come back, in bytes as sent; beyond, they get the whole map. */
const replayLimitBytes = 64 * 1024;

/** From the map that `before` names to the one that `after` names. */
interface Change {
  before: string;
  after: string;
  event: Buffer;
}

/** What a stream is to a show. */
export type ViewerStream = Pick<EventStream, 'send' | 'end' | 'isBehind' | 'onCaughtUp' | 'closed'>;

interface Viewer {
  stream: ViewerStream;
  /** Names the map that the client has; null: none, or one that may be old. */
  tag: string | null;
}

/**
 * The seat map of one show as its viewers have it. An event's id names the map that the client has
 * once it has read the event: it is the map's entity tag. So whatever map a client names, a change
 * that begins at that map is right to send next, whoever told it that name, and when.
 */
export class WatchedShow {
  readonly id: number;
  readonly #viewers = new Set<Viewer>();
  #map: SeatMap | null = null;
  #tag = '';
  /** Each begins where the one before ends; the last ends at the map as it is. */
  #changes: Change[] = [];
  #changesBytes = 0;
  #snapshot: Buffer | null = null;
  #problem: ProblemError | null = null;

  constructor(id: number) {
    this.id = id;
  }

  get isWatched(): boolean {
    return this.#viewers.size > 0;
  }

  get isRead(): boolean {
    return this.#map !== null;
  }

  /** Why the map cannot be read just now; null when it can. */
  get problem(): ProblemError | null {
    return this.#problem;
  }

  /** Takes the map as it was read last. */
  update(occupancy: Occupancy): void {
    const tag = nameOf(seatMapTag(occupancy));
    const wasAway = this.#problem !== null;
    this.#problem = null;
    if (tag !== this.#tag) this.#moveTo(seatMap(this.id, occupancy), tag);
    // Who was told that the map may be old is told the map, though it be the same.
    if (wasAway) for (const viewer of this.#viewers) viewer.tag = null;
    for (const viewer of this.#viewers) this.#catchUp(viewer);
  }

  /** The map cannot be read: says so, once. */
  fail(error: ProblemError): void {
    if (this.#problem) return;
    this.#problem = error;
    const event = eventBytes('unavailable', error.problem);
    for (const { stream } of this.#viewers) if (!stream.isBehind) stream.send(event);
  }

  /** The show is gone: its viewers come again, and learn that. */
  end(): void {
    for (const { stream } of this.#viewers) stream.end();
  }

  /**
   * Has a client see the map, from now on until its stream ends.
   *
   * @param lastEventId names the map that the client has, if it has one
   */
  show(stream: ViewerStream, lastEventId: string | undefined): void {
    const viewer: Viewer = { stream, tag: lastEventId === undefined ? null : nameOf(lastEventId) };
    this.#viewers.add(viewer);
    stream.onCaughtUp = () => this.#catchUp(viewer);
    void stream.closed.then(() => this.#viewers.delete(viewer));
    this.#catchUp(viewer);
  }

  #moveTo(map: SeatMap, tag: string): void {
    const before = this.#map;
    const isSamePlan = before?.total_seats === map.total_seats && before.seats_per_row === map.seats_per_row;
    if (before && isSamePlan) {
      const seats = map.seats.filter((seat, index) => seat.status !== before.seats[index]?.status);
      const changes: SeatChanges = { show_id: this.id, available_seats: map.available_seats, seats };
      this.#remember({ before: this.#tag, after: tag, event: eventBytes('change', changes, tag) });
    } else {
      this.#changes = [];
      this.#changesBytes = 0;
    }
    this.#map = map;
    this.#tag = tag;
    this.#snapshot = null;
  }

  #remember(change: Change): void {
    this.#changes.push(change);
    this.#changesBytes += change.event.length;
    while (this.#changesBytes > replayLimitBytes) this.#changesBytes -= this.#changes.shift()?.event.length ?? 0;
  }

  /** Sends what a viewer misses, unless it has not read what it got: then, once it has. */
  #catchUp(viewer: Viewer): void {
    if (this.#problem || viewer.tag === this.#tag) return;
    const next = this.#changes.findLastIndex((change) => change.before === viewer.tag);
    const missed = next < 0 ? [] : this.#changes.slice(next);
    if (missed.length === 0) this.#send(viewer, this.#wholeMap(), this.#tag);
    for (const { event, after } of missed) this.#send(viewer, event, after);
  }

  #send(viewer: Viewer, event: Buffer, tag: string): void {
    if (viewer.stream.isBehind) return;
    viewer.stream.send(event);
    viewer.tag = tag;
  }

  #wholeMap(): Buffer {
    this.#snapshot ??= eventBytes('snapshot', this.#map, this.#tag);
    return this.#snapshot;
  }
}

/** An entity tag without what quotes it: an event's id. Either is taken. */
function nameOf(tag: string): string {
  return tag.replace(/^(W\/)?"(.*)"$/, '$2');
}
