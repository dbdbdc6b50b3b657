import { partitionOf } from '@boxoffice/shared/partition';
import type { Partitioning } from '@boxoffice/shared/partitioning';
import type { EnvelopeQueues } from './envelope-queues.ts';
import { PartitionQueue } from './partition-queue.ts';

/** The current partitions; none until their number is known. */
export class Partitions {
  readonly #queues: EnvelopeQueues;
  readonly #jobLimit: number;
  #generation = 0;
  #all: PartitionQueue[] = [];

  constructor(queues: EnvelopeQueues, jobLimit: number) {
    this.#queues = queues;
    this.#jobLimit = jobLimit;
  }

  get all(): readonly PartitionQueue[] {
    return this.#all;
  }

  /** All partitions, and those that no longer exist but whose queues are not empty (all-queues.ts). */
  async withLeftovers(): Promise<readonly PartitionQueue[]> {
    const leftovers = await this.#queues.findUnfinished(this.#all.length);
    return [...this.#all, ...leftovers.map((number) => this.#open(number))];
  }

  ofShow(showId: number): PartitionQueue {
    const partition = this.#all[partitionOf(showId, this.#all.length)];
    if (!partition) throw new Error(`show ${showId} has no partition`);
    return partition;
  }

  /** Applies a new partitioning. Pending requests move to their new partitions, in order. */
  arrange({ generation, partitions }: Partitioning): void {
    const pending = this.#all.flatMap((partition) => partition.takeAllPending());
    this.#generation = generation;
    this.#queues.openForAdding(partitions);
    this.#all = Array.from({ length: partitions }, (_, number) => this.#open(number));
    for (const request of pending) {
      try {
        this.ofShow(request.draft.show_id).addPending(request);
      } catch (error) {
        request.reject(error); // fewer partitions hold fewer pending requests
      }
    }
  }

  #open(number: number): PartitionQueue {
    const queue = this.#queues.of(number);
    return new PartitionQueue(number, { queue, generation: this.#generation, jobLimit: this.#jobLimit });
  }
}
