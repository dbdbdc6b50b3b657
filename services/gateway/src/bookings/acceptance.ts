import { lookupUnavailable, queueUnavailable } from './queue/queue-errors.ts';
import { ResponseDeadline } from './response-deadline.ts';

/** The time that a request has to be accepted or refused in. */
export class Acceptance extends ResponseDeadline {
  /** The request's id, once it has been sent to the queue. */
  jobId: string | undefined;

  /**
   * The result of `work` if it comes in time.
   *
   * @throws {ProblemError} queue_unavailable when it does not
   */
  override within<T>(work: Promise<T>): Promise<T> {
    return super.within(work, () => queueUnavailable(new Error('it took too long'), this.jobId));
  }

  /**
   * Like `within`, for work that looks up a request which may have been accepted before: being late says nothing about it.
   *
   * @throws {ProblemError} queue_unavailable when it does not come in time
   */
  lookUp<T>(work: Promise<T>): Promise<T> {
    return this.jobId === undefined
      ? super.within(work, () => lookupUnavailable(new Error('it took too long')))
      : this.within(work);
  }
}
