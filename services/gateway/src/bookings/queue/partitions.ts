import { partitionOf } from '@boxoffice/shared/partition';
import type { Partitioning } from '@boxoffice/shared/partitioning';
import type { EnvelopeQueues } from './envelope-queues.ts';
import { PartitionQueue } from './partition-queue.ts';

/** The partitions of the partitioning that applies; none until it is known. */
export class Partitions {
  readonly #queues: EnvelopeQueues;
  readonly #jobLimit: number;
  #all: PartitionQueue[] = [];

  constructor(queues: EnvelopeQueues, jobLimit: number) {
    this.#queues = queues;
    this.#jobLimit = jobLimit;
  }

  get all(): readonly PartitionQueue[] {
    return this.#all;
  }

  ofShow(showId: number): PartitionQueue {
    const partition = this.#all[partitionOf(showId, this.#all.length)];
    if (!partition) throw new Error(`show ${showId} has no partition`);
    return partition;
  }

  /** Changes the number of partitions. Requests that are pending move to their new partitions, in their order. */
  arrange({ generation, partitions }: Partitioning): void {
    const pending = this.#all.flatMap((partition) => partition.takeAllPending());
    this.#all = Array.from({ length: partitions }, (_, number) => {
      const queue = this.#queues.of(number);
      queue.openForAdding();
      return new PartitionQueue(number, { queue, generation, jobLimit: this.#jobLimit });
    });
    for (const request of pending) {
      try {
        this.ofShow(request.draft.show_id).addPending(request);
      } catch (error) {
        request.reject(error); // fewer partitions can hold fewer of them
      }
    }
  }
}
