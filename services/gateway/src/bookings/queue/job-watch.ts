import { readBookingId } from '@boxoffice/shared/booking-id';
import type { Outcomes } from '@boxoffice/shared/contracts/jobs';
import type { JobLookup, QueuedJob } from './job-lookup.ts';

/** How often the progress of watched requests is looked up, in milliseconds. */
const pollEveryMs = 500;
/** Envelopes looked up per poll. When more are watched, they take turns. */
const pollLimit = 50;

export type JobProgress = Omit<QueuedJob, 'kind' | 'userId'>;

export interface JobWatcher {
  /**
   * Called about twice a second, and with the outcome as soon as it is known.
   *
   * @param progress null when nobody knows the request any more
   */
  update(progress: JobProgress | null): void;
  /** Called when the progress cannot be looked up at present. */
  fail(error: unknown): void;
}

/**
 * Reports the progress of requests to their watchers. Outcomes of requests that this gateway queued are
 * passed on as they arrive. Everything else (positions, and requests of other gateways) is polled: once
 * per envelope however many watch it, and for a bounded number of envelopes at a time.
 */
export class JobWatch {
  /** By envelope, then by request; the envelopes in the order in which they are polled next. */
  readonly #envelopes = new Map<string, Map<string, Set<JobWatcher>>>();
  readonly #lookup: Pick<JobLookup, 'findInEnvelope'>;
  readonly #timer: NodeJS.Timeout;
  #polling = false;

  constructor(lookup: Pick<JobLookup, 'findInEnvelope'>) {
    this.#lookup = lookup;
    this.#timer = setInterval(() => void this.#poll(), pollEveryMs).unref();
  }

  /** Reports the request's progress to the watcher until the returned function is called. */
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

  /** Passes on the outcomes of an envelope that have arrived. */
  receive(outcomes: Outcomes): void {
    const envelopeId = outcomes[0] && readBookingId(outcomes[0].id)?.envelopeId;
    const requests = envelopeId === undefined ? undefined : this.#envelopes.get(envelopeId);
    if (!requests) return;
    for (const outcome of outcomes) {
      for (const watcher of [...(requests.get(outcome.id) ?? [])])
        watcher.update({ status: 'decided', position: 0, outcome });
    }
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** One at a time: while a look-up is slow, polls must not add to its load. */
  async #poll(): Promise<void> {
    if (this.#polling || this.#envelopes.size === 0) return;
    this.#polling = true;
    const next = [...this.#envelopes].slice(0, pollLimit);
    for (const [envelopeId, requests] of next) {
      this.#envelopes.delete(envelopeId);
      this.#envelopes.set(envelopeId, requests);
    }
    await Promise.all(next.map(([envelopeId, requests]) => this.#pollEnvelope(envelopeId, requests)));
    this.#polling = false;
  }

  async #pollEnvelope(envelopeId: string, requests: ReadonlyMap<string, ReadonlySet<JobWatcher>>): Promise<void> {
    try {
      const jobs = await this.#lookup.findInEnvelope(envelopeId, [...requests.keys()]);
      for (const [id, watchers] of [...requests])
        for (const watcher of [...watchers]) watcher.update(jobs.get(id) ?? null);
    } catch (error) {
      for (const watchers of [...requests.values()]) for (const watcher of [...watchers]) watcher.fail(error);
    }
  }
}
