import { readBookingId } from '@boxoffice/shared/booking-id';
import type { BookingRequest, Envelope } from '@boxoffice/shared/contracts/jobs';
import { queueName } from '@boxoffice/shared/partition';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';

/** A partition's queue, for tests that bypass the gateway. */
export function openQueue(
  redisUrl: string,
  partition: number,
): {
  queue: Queue<Envelope>;
  /** Adds an envelope, by default without a version, whose outcomes are published to no subscriber. */
  add(requests: BookingRequest[], version?: number): Promise<void>;
  /** Makes the next job active, as Redis does for a worker that never receives its response. */
  takeAndForget(): Promise<void>;
  close(): Promise<void>;
} {
  const connection = new Redis(redisUrl, { maxRetriesPerRequest: null });
  connection.on('error', () => undefined); // the test may stop Redis
  const queue = new Queue<Envelope>(queueName(partition), { connection });
  queue.on('error', () => undefined);
  return {
    queue,
    async add(requests, version) {
      const jobId = readBookingId(requests[0]?.id ?? '')?.envelopeId ?? '';
      await queue.add(
        'test',
        { requests, reply_to: 'boxoffice:outcomes:nobody', ...(version !== undefined && { version }) },
        { jobId },
      );
    },
    async takeAndForget() {
      const worker = new Worker(queue.name, null, { connection, autorun: false, skipStalledCheck: true });
      await worker.getNextJob('nobody', { block: false });
      await worker.close(true);
    },
    async close() {
      await queue.close();
      connection.disconnect();
    },
  };
}
