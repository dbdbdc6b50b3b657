import { setTimeout as delay } from 'node:timers/promises';
import { seatsChangedChannel } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Occupancy } from '@boxoffice/shared/seats';
import type { Logger } from '@boxoffice/shared/service/logging';
import { subscribe } from '@boxoffice/shared/service/pub-sub';
import type { Redis } from 'ioredis';
import type { CatalogClient } from '../catalog/index.ts';
import { WatchedShow } from './watched-show.ts';

/** Every watched show is read this often even without a hint, in milliseconds. */
const rereadEveryMs = 2_000;
/** Pause between two rounds of reads, in milliseconds: changes in between become one event. */
const pauseMs = 100;
/** Shows per read: the catalog's limit. */
const readLimit = 100;

interface Entry {
  show: WatchedShow;
  /** Settles when the show has been read for the first time. */
  firstRead: PromiseWithResolvers<void>;
}

/**
 * Keeps the seat maps of watched shows up to date. They are read from the catalog, one read at a time,
 * so that no map is followed by an older one; workers only hint which shows have changed. A lost hint
 * costs time, not correctness: every watched show is read again every two seconds.
 */
export class SeatWatch {
  readonly #catalog: CatalogClient;
  readonly #logger: Logger;
  readonly #entries = new Map<number, Entry>();
  /** Shows to read in the next round. */
  #due = new Set<number>();
  #reading = false;
  #closed = false;
  readonly #timer: NodeJS.Timeout;

  /** @param options.subscriber a connection for subscriptions; it may be shared */
  constructor(options: { catalog: CatalogClient; subscriber: Redis; logger: Logger }) {
    this.#catalog = options.catalog;
    this.#logger = options.logger;
    subscribe(options, [seatsChangedChannel], {
      onMessage: (message) => this.#scheduleReads(JSON.parse(message) as number[]),
      onSubscribed: () => this.#scheduleReads(this.#entries.keys()), // hints may have been lost
    });
    this.#timer = setInterval(() => this.#rereadAll(), rereadEveryMs).unref();
  }

  /**
   * A show whose map has been read. It is kept up to date while it has viewers.
   *
   * @throws {ProblemError} show_not_found, catalog_unavailable, database_unavailable
   */
  async getShow(id: number): Promise<WatchedShow> {
    const known = this.#entries.get(id);
    const entry = known ?? { show: new WatchedShow(id), firstRead: Promise.withResolvers<void>() };
    if (!known) {
      entry.firstRead.promise.catch(() => undefined); // reported to those who await it below
      this.#entries.set(id, entry);
      this.#scheduleReads([id]);
    }
    await entry.firstRead.promise;
    if (entry.show.problem) throw entry.show.problem;
    return entry.show;
  }

  /** Stops reading; requests that still wait for a show fail, to be retried at another gateway. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    const stopping = new ProblemError('catalog_unavailable', 'This gateway is stopping. Try again in a moment.', {
      retryAfterSeconds: 1,
    });
    for (const { firstRead } of this.#entries.values()) firstRead.reject(stopping);
  }

  #scheduleReads(ids: Iterable<number>): void {
    for (const id of ids) if (this.#entries.has(id)) this.#due.add(id);
    if (!this.#reading && this.#due.size > 0) void this.#readDue();
  }

  #rereadAll(): void {
    for (const [id, { show }] of this.#entries) if (show.isRead && !show.isWatched) this.#entries.delete(id);
    this.#scheduleReads(this.#entries.keys());
  }

  async #readDue(): Promise<void> {
    this.#reading = true;
    while (this.#due.size > 0 && !this.#closed) {
      const ids = [...this.#due];
      this.#due = new Set(); // this round may miss changes that are announced from here on
      for (let from = 0; from < ids.length; from += readLimit) await this.#read(ids.slice(from, from + readLimit));
      await delay(pauseMs, undefined, { ref: false });
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
      entry.firstRead.resolve();
    } else {
      this.#entries.delete(id);
      entry.show.end();
      entry.firstRead.reject(new ProblemError('show_not_found', `There is no show ${id}.`));
    }
  }

  #fail(id: number, problem: ProblemError): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    if (!entry.show.isRead) this.#entries.delete(id);
    entry.show.fail(problem);
    entry.firstRead.reject(problem);
  }
}
