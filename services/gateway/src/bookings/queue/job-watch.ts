import { readBookingId } from '@boxoffice/shared/booking-id';
import type { Outcomes } from '@boxoffice/shared/contracts/jobs';
import type { QueuedJob } from './booking-queue.ts';

/** How often a job that is watched is looked at, in milliseconds. */
const lookEveryMs = 500;
/** Envelopes looked at in one go: those of the jobs watched beyond take turns. */
const lookLimit = 50;

/** How a request stands; null when the queue does not know it (any more). */
export type JobStanding = Omit<QueuedJob, 'request'> | null;

/** Who wants to know how a request stands. */
export interface JobWatcher {
  /** Hears how it stands, about twice a second, and its outcome once that is known. */
  see(standing: JobStanding): void;
  /** Hears that it cannot be looked at just now. */
  fail(error: unknown): void;
}

/**
 * The requests that someone watches. Outcomes of requests that this gateway queued are handed on as
 * they arrive; how the others stand, and where in the line, is looked up: once for all who watch a
 * request of the same envelope, and for a bounded number of envelopes at a time.
 */
export class JobWatch {
  /** By envelope, then by request; the envelopes in the order in which they are looked at next. */
  readonly #envelopes = new Map<string, Map<string, Set<JobWatcher>>>();
  readonly #find: (envelopeId: string) => Promise<Map<string, QueuedJob>>;
  readonly #timer: NodeJS.Timeout;
  #looking = false;

  /** @param find how the requests of an envelope stand, by id; empty when the queue does not know it */
  constructor(find: (envelopeId: string) => Promise<Map<string, QueuedJob>>) {
    this.#find = find;
    this.#timer = setInterval(() => void this.#look(), lookEveryMs).unref();
  }

  /** Tells this watcher how the request stands from now on; gives what ends that. */
  add(id: string, watcher: JobWatcher): () => void {
    const envelopeId = readBookingId(id)?.envelopeId ?? id;
    const requests = this.#envelopes.get(envelopeId) ?? new Map<string, Set<JobWatcher>>();
    const watchers = requests.get(id) ?? new Set();
    this.#envelopes.set(envelopeId, requests.set(id, watchers.add(watcher)));
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && requests.get(id) === watchers) requests.delete(id);
      if (requests.size === 0 && this.#envelopes.get(envelopeId) === requests) this.#envelopes.delete(envelopeId);
    };
  }

  /** Outcomes that have arrived. */
  receive(outcomes: Outcomes): void {
    const envelopeId = outcomes[0] && readBookingId(outcomes[0].id)?.envelopeId;
    const requests = envelopeId === undefined ? undefined : this.#envelopes.get(envelopeId);
    if (!requests) return;
    for (const outcome of outcomes) {
      for (const watcher of [...(requests.get(outcome.id) ?? [])])
        watcher.see({ status: 'decided', position: 0, outcome });
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking || this.#envelopes.size === 0) return;
    this.#looking = true;
    const next = [...this.#envelopes].slice(0, lookLimit);
    for (const [envelopeId, requests] of next) {
      this.#envelopes.delete(envelopeId);
      this.#envelopes.set(envelopeId, requests);
    }
    await Promise.all(next.map(([envelopeId, requests]) => this.#lookAt(envelopeId, requests)));
    this.#looking = false;
  }

  async #lookAt(envelopeId: string, requests: ReadonlyMap<string, ReadonlySet<JobWatcher>>): Promise<void> {
    try {
      const standings = await this.#find(envelopeId);
      for (const [id, watchers] of [...requests])
        for (const watcher of [...watchers]) watcher.see(standings.get(id) ?? null);
    } catch (error) {
      for (const watchers of [...requests.values()]) for (const watcher of [...watchers]) watcher.fail(error);
    }
  }
}
