import { type Job, Worker } from 'bullmq';
import type { Envelope, EnvelopeSummary } from './contracts/jobs.ts';

export type EnvelopeJob = Job<Envelope, EnvelopeSummary>;

/**
 * A worker that begins to take nothing more once it is being closed. BullMQ's would: when an envelope is put back in that
 * moment, Redis wakes the worker whose connection has not quite closed, and the envelope is handed out to nobody.
 */
export class EnvelopeWorker extends Worker<Envelope, EnvelopeSummary> {
  protected override async moveToActive(...fetch: Parameters<Worker['moveToActive']>): Promise<EnvelopeJob> {
    await this.backend.client; // BullMQ waits for it as well, and does not look again
    return this.closing ? (undefined as never) : super.moveToActive(...fetch); // as if no job were waiting
  }
}
