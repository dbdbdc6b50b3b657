import { ProblemError } from '@boxoffice/shared/contracts/problems';

export function queueFull(): ProblemError {
  return new ProblemError(
    'queue_full',
    'The queue is full, so new requests are refused for now. Nothing was accepted: try again in a moment.',
    { retryAfterSeconds: 2 },
  );
}

/** The number of partitions is being changed, or is not known yet. */
export function intakePaused(): ProblemError {
  return new ProblemError(
    'queue_unavailable',
    'Requests are not accepted for a moment, because the queues are being rearranged. Nothing was accepted: try again.',
    { retryAfterSeconds: 1 },
  );
}

/** @param jobId set when the request may have been accepted nonetheless */
export function queueUnavailable(cause: unknown, jobId?: string): ProblemError {
  const detail = jobId
    ? 'The queue did not confirm the request; it may have been accepted nonetheless. Check the job, or retry with the same Idempotency-Key.'
    : 'The queue is not responding. Nothing was accepted: try again in a moment.';
  return new ProblemError('queue_unavailable', detail, {
    cause,
    retryAfterSeconds: 1,
    ...(jobId && { job_id: jobId }),
  });
}

/** For look-ups: unlike the other errors, it does not say that nothing was accepted. */
export function lookupUnavailable(cause: unknown): ProblemError {
  return new ProblemError(
    'queue_unavailable',
    'The queue is not responding, so nothing can be looked up in it. Try again in a moment.',
    { cause, retryAfterSeconds: 1 },
  );
}

/** Turns every error of a look-up into queue_unavailable. */
export async function orLookupUnavailable<T>(lookUp: () => Promise<T>): Promise<T> {
  try {
    return await lookUp();
  } catch (error) {
    throw lookupUnavailable(error);
  }
}
