import type { JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Parts } from '../parts.ts';
import { type EventStream, eventBytes } from '../streams/event-stream.ts';
import { findJob, standingJob } from './find-job.ts';
import type { JobProgress, JobWatcher } from './queue/job-watch.ts';

/**
 * Sends where a request stands, each time that it changes, until its outcome; then the stream ends.
 *
 * @param open begins the stream, once the request is known to be this user's
 * @throws {ProblemError} job_not_found, queue_unavailable, or as `open` does
 */
export async function followJob(
  parts: Pick<Parts, 'answers' | 'bookings' | 'queue'>,
  id: string,
  userId: number,
  open: () => EventStream,
): Promise<void> {
  const follower = new JobFollower();
  // Before the look, or nobody would hear an outcome that comes between the two.
  const leave = parts.queue.watch(id, follower);
  try {
    const job = await findJob(parts, id, userId);
    if (!job) throw new ProblemError('job_not_found');
    const stream = open();
    void stream.closed.then(leave);
    follower.begin(job, stream);
  } catch (error) {
    leave();
    throw error;
  }
}

/** What one client is told about one request. */
class JobFollower implements JobWatcher {
  #stream: EventStream | null = null;
  #job: JobView | null = null;
  /** An outcome that came before the stream began. */
  #early: JobProgress | null = null;
  /** The event that the client has. */
  #sent: Buffer | null = null;

  begin(job: JobView, stream: EventStream): void {
    this.#stream = stream;
    this.#job = job;
    stream.onCaughtUp(() => this.#show());
    if (this.#early && isUndecided(job)) this.update(this.#early);
    else this.#show();
  }

  update(standing: JobProgress | null): void {
    if (!this.#job) {
      if (standing?.outcome) this.#early = standing;
    } else if (standing) {
      this.#job = standingJob(this.#job.id, this.#job.kind, standing);
      this.#show();
    } else {
      // Decided so long ago that the queue has forgotten it, or lost: the client comes again, and learns which.
      this.#stream?.end();
    }
  }

  fail(error: unknown): void {
    const { problem } = error instanceof ProblemError ? error : new ProblemError('internal_error');
    this.#send(eventBytes('unavailable', problem));
  }

  #show(): void {
    if (!this.#job) return;
    this.#send(eventBytes('job', this.#job));
    if (!isUndecided(this.#job)) this.#stream?.end();
  }

  #send(event: Buffer): void {
    if (!this.#stream || this.#stream.isBehind || this.#sent?.equals(event)) return;
    this.#stream.send(event);
    this.#sent = event;
  }
}

function isUndecided({ status }: JobView): boolean {
  return status === 'queued' || status === 'active';
}
