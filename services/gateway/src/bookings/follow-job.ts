import type { JobView } from '@boxoffice/shared/contracts/booking';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { type EventStream, eventBytes } from '../streams/index.ts';
import type { Acceptance } from './acceptance.ts';
import { type FindJobDependencies, findJob, isUndecided, queuedJobView } from './find-job.ts';
import type { BookingQueue } from './queue/booking-queue.ts';
import type { JobProgress, JobWatcher } from './queue/job-watch.ts';
import { type SeatMapCache, showOwnWrite } from './read-your-writes.ts';

export interface FollowJobDependencies extends FindJobDependencies, SeatMapCache {
  queue: Pick<BookingQueue, 'find' | 'watch'>;
}

/**
 * Sends the state of a request each time it changes, and ends the stream after the outcome.
 *
 * @param open opens the stream, once it is known that the request is this user's
 * @throws {ProblemError} job_not_found, queue_unavailable, database_unavailable, and what `open` throws
 */
export async function followJob(
  dependencies: FollowJobDependencies,
  { id, userId, acceptance }: { id: string; userId: number; acceptance: Pick<Acceptance, 'lookUp'> },
  open: () => EventStream,
): Promise<void> {
  const follower = new JobFollower();
  // Before the query, or an outcome that arrives between the two would be missed.
  const leave = dependencies.queue.watch(id, follower);
  try {
    const job = await acceptance.lookUp(findJob(dependencies, id, userId));
    if (!job) throw new ProblemError('job_not_found');
    showOwnWrite(dependencies, job);
    const stream = open();
    void stream.closed.then(leave);
    follower.begin(job, stream);
  } catch (error) {
    leave();
    throw error;
  }
}

/** Sends the state of one request to one client. */
class JobFollower implements JobWatcher {
  #stream: EventStream | null = null;
  #job: JobView | null = null;
  /** An outcome that arrived before the stream was open. */
  #early: JobProgress | null = null;
  /** The last event that was sent. */
  #sent: Buffer | null = null;

  begin(job: JobView, stream: EventStream): void {
    this.#stream = stream;
    this.#job = job;
    stream.onCaughtUp(() => this.#sendJob());
    if (this.#early && isUndecided(job)) this.update(this.#early);
    else this.#sendJob();
  }

  update(progress: JobProgress | null): void {
    if (!this.#job) {
      if (progress?.outcome) this.#early = progress;
    } else if (progress) {
      this.#job = queuedJobView(this.#job.id, this.#job.kind, progress);
      this.#sendJob();
    } else {
      // Lost, or decided so long ago that the queue no longer has it: the client reconnects to find out.
      this.#stream?.end();
    }
  }

  fail(error: unknown): void {
    const { problem } = error instanceof ProblemError ? error : new ProblemError('internal_error');
    this.#send(eventBytes('unavailable', problem));
  }

  #sendJob(): void {
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
