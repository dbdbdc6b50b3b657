import { newEnvelopeId, requestId } from '@boxoffice/shared/booking-id';
import { type BookingRequest, envelopeVersion } from '@boxoffice/shared/contracts/jobs';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { PartitioningOutdated } from '@boxoffice/shared/partitioning';
import type { Logger } from '@boxoffice/shared/service/logging';
import { withinTime } from '@boxoffice/shared/time-limit';
import type { Tracing } from '@boxoffice/shared/tracing/tracing';
import { Histogram, type Registry } from 'prom-client';
import type { IdempotencyKeys, KeyedRequest, KeyOwner } from './idempotency-keys.ts';
import type { OutcomeInbox } from './outcome-inbox.ts';
import type { PartitionQueue } from './partition-queue.ts';
import { intakePaused, queueFull, queueUnavailable } from './queue-errors.ts';
import type { PendingRequest } from './submission.ts';
import { traceEnvelope } from './trace-envelope.ts';

/** A request that has its place in an envelope, and therefore its id. */
type PlacedRequest = PendingRequest & { id: string };

/** How long one round may take, in milliseconds. */
const roundLimitMs = 1_000;

/** The state of an envelope that is being sent. */
interface Round {
  /** Whether it took too long and was refused. */
  isOver: boolean;
  /** Requests without a response, each with the id of the request that may have been accepted nevertheless. */
  unsettled: Map<PlacedRequest, string | undefined>;
}

/** Sends a partition's pending requests as one job, and settles each of them. */
export class EnvelopeSender {
  readonly #keys: IdempotencyKeys;
  readonly #inbox: OutcomeInbox;
  readonly #onSend: (envelopeId: string) => void;
  readonly #onOutdated: (least: number) => void;
  readonly #logger: Logger;
  readonly #sizes: Histogram;
  readonly #tracing: Tracing | undefined;

  /**
   * @param options.onSend called before each envelope is sent, because its outcomes may arrive before Redis responds
   * @param options.onOutdated called when a queue refuses an envelope, with the generation that it requires
   */
  constructor(options: {
    keys: IdempotencyKeys;
    inbox: OutcomeInbox;
    onSend: (envelopeId: string) => void;
    onOutdated: (least: number) => void;
    logger: Logger;
    metrics: Registry;
    tracing?: Tracing | undefined;
  }) {
    this.#keys = options.keys;
    this.#inbox = options.inbox;
    this.#onSend = options.onSend;
    this.#onOutdated = options.onOutdated;
    this.#logger = options.logger;
    this.#tracing = options.tracing;
    this.#sizes = new Histogram({
      name: 'booking_submitted_envelope_requests',
      help: 'Requests per job, as submitted',
      buckets: [1, 2, 4, 8, 16, 32, 64, 128],
      registers: [options.metrics],
    });
  }

  /**
   * Sends the next envelope of a partition. Never rejects: errors go to the requests.
   *
   * @returns whether Redis responded in time
   */
  async send(partition: PartitionQueue): Promise<boolean> {
    const envelopeId = newEnvelopeId(partition.number);
    const placed = this.#place(envelopeId, partition.takePending());
    if (placed.length === 0) return true;
    const round: Round = { isOver: false, unsettled: new Map(placed.map((request) => [request, undefined])) };
    try {
      await withinRound(this.#sendRound(partition, envelopeId, placed, round));
      return true;
    } catch (error) {
      round.isOver = true;
      for (const [request, sentId] of round.unsettled)
        request.reject(error instanceof ProblemError ? error : queueUnavailable(error, sentId));
      if (error instanceof ProblemError) return true;
      this.#logger.warn({ reason: (error as Error).message, requests: placed.length }, 'cannot queue requests');
      return false;
    }
  }

  /** Gives requests their ids, and drops those that nobody is waiting for any more. */
  #place(envelopeId: string, pending: PendingRequest[]): PlacedRequest[] {
    const [over, waiting] = byWhetherOver(pending);
    for (const request of over) request.reject(queueUnavailable(new Error('nobody is waiting for it any more')));
    return waiting.map((request, place) => ({ ...request, id: requestId(envelopeId, request.draft.show_id, place) }));
  }

  async #sendRound(
    partition: PartitionQueue,
    envelopeId: string,
    placed: PlacedRequest[],
    round: Round,
  ): Promise<void> {
    if (await partition.isFull()) throw queueFull();
    await partition.expectReplicas();
    const claimed = await this.#claimKeys(partition, placed);
    const { repeats } = claimed;
    // Do not send requests that were refused or abandoned meanwhile: their clients were told that nothing was accepted.
    const [late, fresh] = byWhetherOver(claimed.fresh);
    for (const request of late) {
      round.unsettled.delete(request);
      request.reject(queueUnavailable(new Error('nobody is waiting for it any more')));
    }
    const lateIds = new Set(late.map(({ id }) => id));
    const sentIds = new Set(fresh.map(({ id }) => id));
    // A repeat of a request in this same envelope shares its fate.
    const followers = repeats.filter(({ owner }) => sentIds.has(owner.id));
    for (const { request, owner } of repeats) {
      if (sentIds.has(owner.id)) continue;
      round.unsettled.delete(request);
      if (lateIds.has(owner.id)) request.reject(queueUnavailable(new Error('its first request was refused')));
      else request.resolve({ status: 'repeat', owner });
    }
    if (fresh.length === 0 || round.isOver) return; // a round that is over has been refused, and must not be sent
    for (const request of fresh) {
      round.unsettled.set(request, request.id);
      if (request.options.acceptance) request.options.acceptance.jobId = request.id;
    }
    for (const { request, owner } of followers) {
      round.unsettled.set(request, owner.id);
      if (request.options.acceptance) request.options.acceptance.jobId = owner.id;
    }
    try {
      await this.#add(partition, envelopeId, fresh);
    } catch (error) {
      if (!(error instanceof PartitioningOutdated)) throw error;
      this.#onOutdated(error.least);
      // So that a repeat does not have to wait until it is certain that these were not accepted.
      const claims = claimsOf(fresh).map(({ claim }) => claim);
      await this.#keys.release(partition.number, claims).catch(() => undefined);
      throw intakePaused();
    }
    for (const { request, owner } of followers) request.resolve({ status: 'repeat', owner });
  }

  /** Separates new requests from repeats of an Idempotency-Key. */
  async #claimKeys(
    partition: PartitionQueue,
    placed: PlacedRequest[],
  ): Promise<{ fresh: PlacedRequest[]; repeats: { request: PlacedRequest; owner: KeyOwner }[] }> {
    const keyed = claimsOf(placed);
    if (keyed.length === 0) return { fresh: placed, repeats: [] };
    const claims = keyed.map(({ claim }) => claim);
    const owners = await this.#keys.claim(partition.number, claims);
    const repeats = keyed.flatMap(({ request }, index) => {
      const owner = owners[index];
      return owner ? [{ request, owner }] : [];
    });
    const notFresh = new Set(repeats.map(({ request }) => request));
    return { fresh: placed.filter((request) => !notFresh.has(request)), repeats };
  }

  async #add(partition: PartitionQueue, envelopeId: string, placed: PlacedRequest[]): Promise<void> {
    const requests = placed.map(({ draft, id }): BookingRequest => ({ ...draft, id }));
    // Before the add: the outcomes can arrive before Redis has confirmed it.
    const outcomes = placed.map(({ id, options }) => this.#inbox.wait(id, options.waitMs));
    this.#onSend(envelopeId);
    const add = (traced: BookingRequest[]) =>
      partition.add(envelopeId, { version: envelopeVersion, requests: traced, reply_to: this.#inbox.channel });
    const ahead = await (this.#tracing ? traceEnvelope(this.#tracing, { placed, requests, add }) : add(requests));
    this.#sizes.observe(requests.length);
    for (const [index, request] of placed.entries()) {
      request.resolve({
        status: 'queued',
        id: request.id,
        position: ahead + index + 1,
        outcome: outcomes[index] ?? Promise.resolve(null),
      });
    }
  }
}

/** The requests that have an Idempotency-Key, each with what is needed to claim it. */
function claimsOf(placed: readonly PlacedRequest[]): { request: PlacedRequest; claim: KeyedRequest }[] {
  return placed.flatMap((request) => {
    const { id, draft, options } = request;
    if (!draft.key) return [];
    return [{ request, claim: { id, userId: draft.user_id, key: draft.key, replaces: options.replaces } }];
  });
}

/** Separates the requests that nobody is waiting for any more from the others. */
function byWhetherOver<Request extends PendingRequest>(requests: Request[]): [over: Request[], waiting: Request[]] {
  const over: Request[] = [];
  const waiting: Request[] = [];
  for (const request of requests) (request.options.acceptance?.isOver ? over : waiting).push(request);
  return [over, waiting];
}

/** Rejects when a round takes too long: one deadline for all of its commands, not one each. */
function withinRound(work: Promise<void>): Promise<void> {
  return withinTime(work, roundLimitMs, () => new Error('the queue did not respond'));
}
