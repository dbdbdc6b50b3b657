import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { isDatabaseUnavailable } from '@boxoffice/shared/database/errors';
import { withinTime } from '@boxoffice/shared/time-limit';

/** How long a read of the database may take, waiting for a connection included, in milliseconds. */
const readLimitMs = 1_000;

/**
 * The result of a read if it comes in time. The driver limits waiting for a connection and each statement, but one
 * after the other: while PostgreSQL hangs, a read that had to wait for a connection would take twice as long.
 *
 * @throws {ProblemError} database_unavailable when the database is away or does not respond in time
 */
export async function readDatabase<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await withinTime(read(), readLimitMs, () => databaseUnavailable(new Error('the read took too long')));
  } catch (error) {
    throw isDatabaseUnavailable(error) ? databaseUnavailable(error) : error;
  }
}

function databaseUnavailable(cause: unknown): ProblemError {
  return new ProblemError('database_unavailable', 'The database is unavailable. Try again in a moment.', {
    retryAfterSeconds: 1,
    cause,
  });
}
