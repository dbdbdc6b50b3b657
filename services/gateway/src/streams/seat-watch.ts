import { setTimeout as delay } from 'node:timers/promises';
import { seatsChangedChannel } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Occupancy } from '@boxoffice/shared/seats';
import type { Logger } from '@boxoffice/shared/service/logging';
import { subscribe } from '@boxoffice/shared/service/pub-sub';
import type { Redis } from 'ioredis';
import type { CatalogClient } from '../catalog/catalog-client.ts';
import { WatchedShow } from './watched-show.ts';

/** How often every watched show is read, whether or not anyone said that it has changed, in milliseconds. */
const rereadEveryMs = 2_000;
/** Rest between two rounds of reading, in milliseconds: what changes meanwhile is one event. */
const restMs = 100;
/** Shows in one read: what the catalog answers at once. */
const readLimit = 100;

interface Entry {
  show: WatchedShow;
  /** Resolves when the show was read for the first time. */
  read: PromiseWithResolvers<void>;
}

/**
 * The shows that someone watches. Truth is read from the catalog, one read after the other, so that
 * no map is followed by an older one; workers only hint where to look. A hint that is lost costs time:
 * every watched show is read again every two seconds.
 */
export class SeatWatch {
  readonly #catalog: CatalogClient;
  readonly #logger: Logger;
  readonly #entries = new Map<number, Entry>();
  /** Shows to read next. */
  #due = new Set<number>();
  #reading = false;
  #closed = false;
  readonly #timer: NodeJS.Timeout;

  /** @param parts.subscriber a connection for subscriptions; this adds one, however many watch */
  constructor(parts: { catalog: CatalogClient; subscriber: Redis; logger: Logger }) {
    this.#catalog = parts.catalog;
    this.#logger = parts.logger;
    subscribe(parts, [seatsChangedChannel], {
      onMessage: (message) => this.#look(JSON.parse(message) as number[]),
      onSubscribed: () => this.#look(this.#entries.keys()), // hints were lost while it was away
    });
    this.#timer = setInterval(() => this.#rereadAll(), rereadEveryMs).unref();
  }

  /**
   * The show, with its map read; it is kept true as long as someone watches it.
   *
   * @throws {ProblemError} show_not_found, catalog_unavailable, database_unavailable
   */
  async getShow(id: number): Promise<WatchedShow> {
    const known = this.#entries.get(id);
    const entry = known ?? { show: new WatchedShow(id), read: Promise.withResolvers<void>() };
    if (!known) {
      entry.read.promise.catch(() => undefined); // those who wait for it hear of it
      this.#entries.set(id, entry);
      this.#look([id]);
    }
    await entry.read.promise;
    if (entry.show.problem) throw entry.show.problem;
    return entry.show;
  }

  /** Reads no more; who still waits for a show is sent to another gateway. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    const stopping = new ProblemError('catalog_unavailable', 'This gateway is stopping. Try again in a moment.', {
      retryAfterSeconds: 1,
    });
    for (const { read } of this.#entries.values()) read.reject(stopping);
  }

  #look(ids: Iterable<number>): void {
    for (const id of ids) if (this.#entries.has(id)) this.#due.add(id);
    if (!this.#reading && this.#due.size > 0) void this.#readDue();
  }

  #rereadAll(): void {
    for (const [id, { show }] of this.#entries) if (show.isRead && !show.isWatched) this.#entries.delete(id);
    this.#look(this.#entries.keys());
  }

  async #readDue(): Promise<void> {
    this.#reading = true;
    while (this.#due.size > 0 && !this.#closed) {
      const ids = [...this.#due];
      this.#due = new Set(); // what is said to change from here on, this round may miss
      for (let from = 0; from < ids.length; from += readLimit) await this.#read(ids.slice(from, from + readLimit));
      await delay(restMs, undefined, { ref: false });
    }
    this.#reading = false;
  }

  async #read(ids: number[]): Promise<void> {
    try {
      const occupancies = await this.#catalog.findOccupancies(ids, 'seat-watch');
      for (const id of ids) this.#update(id, occupancies.get(id));
    } catch (error) {
      if (!(error instanceof ProblemError)) this.#logger.error(error, 'cannot read watched shows');
      const problem =
        error instanceof ProblemError ? error : new ProblemError('internal_error', undefined, { cause: error });
      for (const id of ids) this.#fail(id, problem);
    }
  }

  #update(id: number, occupancy: Occupancy | undefined): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (occupancy) {
      entry.show.update(occupancy);
      entry.read.resolve();
    } else {
      this.#entries.delete(id);
      entry.show.end();
      entry.read.reject(new ProblemError('show_not_found', `There is no show ${id}.`));
    }
  }

  #fail(id: number, error: ProblemError): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (!entry.show.isRead) this.#entries.delete(id);
    entry.show.fail(error);
    entry.read.reject(error);
  }
}
