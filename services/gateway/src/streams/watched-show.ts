import type { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { SeatChanges, SeatMap } from '@boxoffice/shared/contracts/seat-map';
import { type Occupancy, seatMap, seatMapTag } from '@boxoffice/shared/seats';
import { type EventStream, eventBytes } from './event-stream.ts';

/** Changes kept for clients that reconnect, in bytes as sent. A client that missed more gets the whole map. */
const replayLimitBytes = 64 * 1024;

/** Leads from one map to the next; both by their tags. */
interface Change {
  from: string;
  to: string;
  event: Buffer;
}

/** The part of a stream that a show uses. */
export type ViewerStream = Pick<EventStream, 'send' | 'end' | 'isBehind' | 'onCaughtUp' | 'closed'>;

interface Viewer {
  stream: ViewerStream;
  /** The tag of the client's map; null if it has none, or one that may be outdated. */
  tag: string | null;
}

/**
 * The seat map of one show, and the clients that view it. An event's id is the entity tag of the map
 * that the client has once it has applied the event. So whichever tag a client sends, a change that
 * starts from that tag is the right one to send next, no matter which gateway sent the tag, or when.
 */
export class WatchedShow {
  readonly id: number;
  readonly #viewers = new Set<Viewer>();
  #map: SeatMap | null = null;
  /** What the map shows besides the status of the seats. When it changes, viewers get the whole map. */
  #plan = '';
  #tag = '';
  /** Each starts from the map that the previous one leads to; the last one leads to `#map`. */
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

  /** Why the map cannot be read at the moment; null if it can. */
  get problem(): ProblemError | null {
    return this.#problem;
  }

  /** Applies the occupancy that was read, and sends each viewer the changes it lacks. */
  update(occupancy: Occupancy): void {
    const tag = opaqueTag(seatMapTag(occupancy));
    const wasUnavailable = this.#problem !== null;
    this.#problem = null;
    if (tag !== this.#tag) this.#moveTo(occupancy, tag);
    // Viewers have been warned that their map may be outdated: they get the whole map even if it is unchanged.
    if (wasUnavailable) for (const viewer of this.#viewers) viewer.tag = null;
    for (const viewer of this.#viewers) this.#catchUp(viewer);
  }

  /** The map cannot be read: tells the viewers, once. */
  fail(problem: ProblemError): void {
    if (this.#problem) return;
    this.#problem = problem;
    const event = eventBytes('unavailable', problem.problem);
    for (const { stream } of this.#viewers) if (!stream.isBehind) stream.send(event);
  }

  /** The show was deleted: ends its streams. Clients that reconnect get a 404. */
  end(): void {
    for (const { stream } of this.#viewers) stream.end();
  }

  /**
   * Sends a client the map and every change of it until its stream closes.
   *
   * @param lastEventId the tag of the map that the client has, if it has one
   */
  addViewer(stream: ViewerStream, lastEventId: string | undefined): void {
    const viewer: Viewer = { stream, tag: lastEventId === undefined ? null : opaqueTag(lastEventId) };
    this.#viewers.add(viewer);
    stream.onCaughtUp(() => this.#catchUp(viewer));
    void stream.closed.then(() => this.#viewers.delete(viewer));
    this.#catchUp(viewer);
  }

  #moveTo(occupancy: Occupancy, tag: string): void {
    const map = seatMap(this.id, occupancy);
    const { total_seats, seats_per_row, layout_id, prices } = occupancy;
    const plan = JSON.stringify([total_seats, seats_per_row, layout_id, prices]);
    const before = this.#map;
    if (before && plan === this.#plan) {
      const seats = map.seats.filter((seat, index) => seat.status !== before.seats[index]?.status);
      const changes: SeatChanges = { show_id: this.id, available_seats: map.available_seats, seats };
      this.#remember({ from: this.#tag, to: tag, event: eventBytes('change', changes, tag) });
    } else {
      this.#changes = [];
      this.#changesBytes = 0;
    }
    this.#map = map;
    this.#plan = plan;
    this.#tag = tag;
    this.#snapshot = null;
  }

  #remember(change: Change): void {
    this.#changes.push(change);
    this.#changesBytes += change.event.length;
    while (this.#changesBytes > replayLimitBytes) this.#changesBytes -= this.#changes.shift()?.event.length ?? 0;
  }

  /** Sends a viewer what it is missing. One that is behind gets it once it has caught up. */
  #catchUp(viewer: Viewer): void {
    if (this.#problem || viewer.tag === this.#tag) return;
    const next = this.#changes.findLastIndex((change) => change.from === viewer.tag);
    const missed = next < 0 ? [] : this.#changes.slice(next);
    if (missed.length === 0) this.#send(viewer, this.#wholeMap(), this.#tag);
    for (const { event, to } of missed) this.#send(viewer, event, to);
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

/** An event's id: an entity tag without its quotes. Accepts both. */
function opaqueTag(tag: string): string {
  return tag.replace(/^(W\/)?"(.*)"$/, '$2');
}
