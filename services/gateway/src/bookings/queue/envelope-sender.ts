import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import type { BookingRequest } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Logger } from '@boxoffice/shared/service/logging';
import { Histogram, type Registry } from 'prom-client';
import type { IdempotencyKeys } from './idempotency-keys.ts';
import type { OutcomeInbox } from './outcome-inbox.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { queueFull, queueUnavailable } from './queue-errors.ts';
import type { PendingRequest } from './submission.ts';

/** A request that has its place in an envelope, and so its id. */
type PlacedRequest = PendingRequest & { id: string };

/** Sends a partition's pending requests as one job, and settles each of them. */
export class EnvelopeSender {
  readonly #keys: IdempotencyKeys;
  readonly #inbox: OutcomeInbox;
  readonly #onSend: (envelopeId: string) => void;
  readonly #logger: Logger;
  readonly #sizes: Histogram;

  /** @param options.onSend called before each envelope is sent, because its outcomes may arrive before Redis responds */
  constructor(options: {
    keys: IdempotencyKeys;
    inbox: OutcomeInbox;
    onSend: (envelopeId: string) => void;
    logger: Logger;
    metrics: Registry;
  }) {
    this.#keys = options.keys;
    this.#inbox = options.inbox;
    this.#onSend = options.onSend;
    this.#logger = options.logger;
    this.#sizes = new Histogram({
      name: 'booking_submitted_envelope_requests',
      help: 'Requests per job, as submitted',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128],
      registers: [options.metrics],
    });
  }

  /** Sends the next envelope of a partition. Never rejects: errors go to the requests. */
  async send(partition: PartitionQueue): Promise<void> {
    const envelopeId = newEnvelopeId(partition.number);
    const placed = partition.takePending().map(
      (request, place): PlacedRequest => ({
        ...request,
        id: requestId(envelopeId, request.draft.show_id, place),
      }),
    );
    let sent = false;
    try {
      if (await partition.isFull()) throw queueFull();
      const { fresh, repeats } = await this.#claimKeys(placed);
      sent = fresh.length > 0;
      if (sent) await this.#add(partition, envelopeId, fresh);
      for (const { request, id } of repeats) request.resolve({ status: 'repeat', id });
    } catch (error) {
      if (!(error instanceof ProblemError))
        this.#logger.warn({ reason: (error as Error).message, requests: placed.length }, 'cannot queue requests');
      for (const request of placed)
        request.reject(error instanceof ProblemError ? error : queueUnavailable(error, sent ? request.id : undefined));
    }
  }

  /** Separates new requests from repeats of an Idempotency-Key, and rejects those that reuse one for something else. */
  async #claimKeys(
    placed: PlacedRequest[],
  ): Promise<{ fresh: PlacedRequest[]; repeats: { request: PlacedRequest; id: string }[] }> {
    const keyed = placed.flatMap((request) =>
      request.options.idempotency
        ? [{ request, claim: { userId: request.draft.user_id, ...request.options.idempotency, id: request.id } }]
        : [],
    );
    if (keyed.length === 0) return { fresh: placed, repeats: [] };
    const results = await this.#keys.claim(keyed.map(({ claim }) => claim));
    const repeats: { request: PlacedRequest; id: string }[] = [];
    const notFresh = new Set<PlacedRequest>();
    for (const [index, { request }] of keyed.entries()) {
      const result = results[index];
      if (!result || result.status === 'new') continue;
      notFresh.add(request);
      if (result.status === 'repeat') repeats.push({ request, id: result.id });
      else request.reject(idempotencyMismatch());
    }
    return { fresh: placed.filter((request) => !notFresh.has(request)), repeats };
  }

  async #add(partition: PartitionQueue, envelopeId: string, placed: PlacedRequest[]): Promise<void> {
    const requests = placed.map(({ draft, id }): BookingRequest => ({ ...draft, id }));
    // Before the add: the outcomes can arrive before Redis has confirmed it.
    const outcomes = placed.map(({ id, options }) => this.#inbox.wait(id, options.waitMs));
    this.#onSend(envelopeId);
    const [waitingJobs] = await Promise.all([
      partition.countWaiting(),
      partition.add(envelopeId, { requests, reply_to: this.#inbox.channel }),
    ]);
    this.#sizes.observe(requests.length);
    const requestsAhead = partition.requestsIn(waitingJobs);
    for (const [index, request] of placed.entries()) {
      request.resolve({
        status: 'queued',
        id: request.id,
        position: requestsAhead + index + 1,
        outcome: outcomes[index] ?? Promise.resolve(null),
      });
    }
  }
}

function idempotencyMismatch(): ProblemError {
  return new ProblemError(
    'idempotency_mismatch',
    'This Idempotency-Key was used for another request. Use a new key for a new request.',
  );
}
