import { partitionIn, readBookingId } from '@boxoffice/shared/booking-id';
import type { BookingRequest, Outcome, Outcomes } from '@boxoffice/shared/contracts/jobs';
import type { PartitionQueue } from './partition-queue.ts';
import { orQueueUnavailable } from './queue-errors.ts';

/** A request and its progress, as far as the queue knows. */
export interface QueuedJob {
  request: BookingRequest;
  status: 'queued' | 'active' | 'decided' | 'failed';
  /** Roughly how many requests are decided up to and including this one. */
  position: number;
  outcome: Outcome | null;
}

/** Finds requests in the queues, whichever gateway queued them. */
export class JobLookup {
  readonly #partitions: readonly PartitionQueue[];

  constructor(partitions: readonly PartitionQueue[]) {
    this.#partitions = partitions;
  }

  /**
   * Finds a request by its id; null when the queue does not know it or has already removed it.
   *
   * @throws {ProblemError} queue_unavailable
   */
  async find(id: string): Promise<QueuedJob | null> {
    const envelopeId = readBookingId(id)?.envelopeId;
    return (envelopeId && (await this.findEnvelope(envelopeId)).get(id)) || null;
  }

  /**
   * Finds all requests of an envelope, by id; empty when the queue does not know it or has already removed it.
   *
   * @throws {ProblemError} queue_unavailable
   */
  async findEnvelope(envelopeId: string): Promise<Map<string, QueuedJob>> {
    const partition = this.#partitions[partitionIn(envelopeId)];
    if (!partition) return new Map();
    const [envelope, jobsAhead] = await orQueueUnavailable(() =>
      Promise.all([partition.find(envelopeId), partition.countAhead(envelopeId)]),
    );
    const outcomes = new Map(envelope?.outcomes?.map((outcome) => [outcome.id, outcome]));
    const queuedJob = (request: BookingRequest, index: number): QueuedJob => {
      const outcome = outcomes.get(request.id) ?? null;
      if (outcome) return { request, status: 'decided', position: 0, outcome };
      if (envelope?.finished) return { request, status: 'failed', position: 0, outcome };
      return jobsAhead === null
        ? { request, status: 'active', position: index + 1, outcome }
        : { request, status: 'queued', position: partition.requestsIn(jobsAhead) + index + 1, outcome };
    };
    return new Map(envelope?.requests.map((request, index) => [request.id, queuedJob(request, index)]));
  }

  /** Finds the outcomes of an envelope, or null while there are none. */
  async findOutcomes(envelopeId: string): Promise<Outcomes | null> {
    const envelope = await this.#partitions[partitionIn(envelopeId)]?.find(envelopeId);
    return envelope?.outcomes ?? null;
  }
}
