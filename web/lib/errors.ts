/** Errors as messages to people. */
import { NoAnswerError, ProblemError } from '@boxoffice/client';

/** Describes a temporary failure of a request that is being retried. */
export function outageMessage(reason: unknown): string {
  if (reason instanceof NoAnswerError) return 'The box office cannot be reached. Retrying …';
  if (!(reason instanceof ProblemError)) return 'Something went wrong. Retrying …';
  switch (reason.code) {
    case 'catalog_unavailable':
      return 'Movies and shows are temporarily unavailable. Retrying …';
    case 'queue_unavailable':
      return 'Bookings are temporarily unavailable. Retrying …';
    case 'payments_unavailable':
      return 'Online payment is temporarily unavailable. Retrying …';
    case 'queue_full':
      return 'So many people are booking that the queue is full. Retrying …';
    case 'database_unavailable':
      return 'The box office is temporarily unavailable. Retrying …';
    default:
      return reason.message;
  }
}

/** Describes a failure that is final unless the user tries again. */
export function errorMessage(reason: unknown): string {
  if (reason instanceof ProblemError) return reason.message;
  if (reason instanceof NoAnswerError) return 'The box office cannot be reached. Check your connection and try again.';
  return 'Something went wrong.';
}
