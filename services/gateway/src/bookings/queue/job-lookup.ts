import { partitionIn, readBookingId } from '@boxoffice/shared/booking-id';
import type { JobView } from '@boxoffice/shared/contracts/booking';
import type { BookingRequest, Outcome } from '@boxoffice/shared/contracts/jobs';
import type { StoredOutcome, StoredOutcomes } from '../stored-outcomes.ts';
import type { EnvelopeQueues } from './envelope-queues.ts';
import { orLookupUnavailable } from './queue-errors.ts';

/** A request and its progress. */
export interface QueuedJob {
  kind: JobView['kind'];
  userId: number;
  status: 'queued' | 'active' | 'decided';
  /** How many requests must still be decided, up to and including this one. */
  position: number;
  outcome: Outcome | null;
}

/** Finds requests, decided or queued, whichever gateway queued them. */
export class JobLookup {
  readonly #queues: EnvelopeQueues;
  readonly #outcomes: Pick<StoredOutcomes, 'findMany'>;

  constructor(queues: EnvelopeQueues, outcomes: Pick<StoredOutcomes, 'findMany'>) {
    this.#queues = queues;
    this.#outcomes = outcomes;
  }

  /**
   * Finds a request by its id; null when there is none, or its outcome has been removed.
   *
   * @throws {ProblemError} queue_unavailable, database_unavailable
   */
  async find(id: string): Promise<QueuedJob | null> {
    const envelopeId = readBookingId(id)?.envelopeId;
    return (envelopeId && (await this.findInEnvelope(envelopeId, [id])).get(id)) || null;
  }

  /**
   * Finds requests of one envelope: decided ones in PostgreSQL, without Redis, the others in the queue. PostgreSQL is
   * queried again for those that were decided between the two queries.
   *
   * @throws {ProblemError} queue_unavailable, database_unavailable
   */
  async findInEnvelope(envelopeId: string, ids: readonly string[]): Promise<Map<string, QueuedJob>> {
    const jobs = await this.#findDecided(ids);
    const undecided = ids.filter((id) => !jobs.has(id));
    if (undecided.length === 0) return jobs;
    const queued = await this.#findQueued(envelopeId);
    for (const id of undecided) {
      const job = queued.get(id);
      if (job) jobs.set(id, job);
    }
    const unknown = undecided.filter((id) => !jobs.has(id));
    if (unknown.length > 0) for (const [id, job] of await this.#findDecided(unknown)) jobs.set(id, job);
    return jobs;
  }

  /** Finds the outcomes of these requests, as far as they are decided. */
  async findOutcomes(ids: readonly string[]): Promise<Outcome[]> {
    return [...(await this.#outcomes.findMany(ids)).values()].map(({ outcome }) => outcome);
  }

  async #findDecided(ids: readonly string[]): Promise<Map<string, QueuedJob>> {
    const decided = ([id, stored]: [string, StoredOutcome]): [string, QueuedJob] => [
      id,
      { ...stored, status: 'decided', position: 0 },
    ];
    return new Map([...(await this.#outcomes.findMany(ids))].map(decided));
  }

  async #findQueued(envelopeId: string): Promise<Map<string, QueuedJob>> {
    const queue = this.#queues.of(partitionIn(envelopeId));
    const [envelope, isWaiting] = await orLookupUnavailable(() =>
      Promise.all([queue.find(envelopeId), queue.isWaiting(envelopeId)]),
    );
    // The queue keeps finished envelopes for the operators' board, perhaps for longer than PostgreSQL keeps their outcomes.
    if (!envelope || envelope.finished) return new Map();
    const queuedJob = ({ kind, user_id: userId }: BookingRequest, index: number): QueuedJob => {
      const job = { kind, userId, outcome: null };
      return { ...job, status: isWaiting ? 'queued' : 'active', position: envelope.ahead + index + 1 };
    };
    return new Map(envelope.requests.map((request, index) => [request.id, queuedJob(request, index)]));
  }
}
