import { z } from 'zod';

/**
 * Every error of the HTTP interface: its stable code, HTTP status and title. Clients switch on the code; title
 * and `detail` are for people and may change.
 */
export const problemCatalogue = {
  validation_failed: { status: 400, title: 'The request is not valid' },
  unauthenticated: { status: 401, title: 'A valid access token is required' },
  invalid_credentials: { status: 401, title: 'User name or password is wrong' },
  invalid_refresh_token: { status: 401, title: 'The refresh token is not valid' },
  payment_required: { status: 402, title: 'The seats must be paid for first' },
  forbidden: { status: 403, title: 'Administrators only' },
  not_found: { status: 404, title: 'Not found' },
  movie_not_found: { status: 404, title: 'There is no such movie' },
  show_not_found: { status: 404, title: 'There is no such show' },
  screen_not_found: { status: 404, title: 'There is no such screen' },
  user_not_found: { status: 404, title: 'There is no such user' },
  booking_not_found: { status: 404, title: 'There is no such booking' },
  job_not_found: { status: 404, title: 'There is no such job' },
  username_taken: { status: 409, title: 'The user name is taken' },
  email_taken: { status: 409, title: 'The e-mail address is taken' },
  seat_taken: { status: 409, title: 'A seat is taken' },
  no_seats_together: { status: 409, title: 'There are not enough free seats together' },
  price_changed: { status: 409, title: 'The price has changed' },
  leaves_single_seat: { status: 409, title: 'A single seat would be left free' },
  limit_reached: { status: 409, title: 'The limit of seats per user is reached' },
  sales_not_open: { status: 409, title: 'Sales have not begun' },
  sales_closed: { status: 409, title: 'Sales have ended' },
  show_cancelled: { status: 409, title: 'The show is cancelled' },
  hold_expired: { status: 409, title: 'The hold has ended' },
  nothing_due: { status: 409, title: 'Nothing is due for this booking' },
  show_started: { status: 409, title: 'The show has started' },
  has_bookings: { status: 409, title: 'Existing bookings prevent this' },
  has_shows: { status: 409, title: 'Existing shows prevent this' },
  screen_busy: { status: 409, title: 'The screen is busy at that time' },
  screen_name_taken: { status: 409, title: 'The name of the screen is taken' },
  last_administrator: { status: 409, title: 'There must be an administrator' },
  idempotency_in_progress: { status: 409, title: 'The first request with this key is still being accepted' },
  request_timeout: { status: 408, title: 'The request took too long to arrive' },
  precondition_failed: { status: 412, title: 'A precondition of the request is not met' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON' },
  range_not_satisfiable: { status: 416, title: 'The requested range does not exist' },
  expectation_failed: { status: 417, title: 'The expectation cannot be met' },
  idempotency_mismatch: { status: 422, title: 'The idempotency key was used for another request' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'URL and headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  service_unavailable: { status: 503, title: 'The server is being stopped' },
  queue_full: { status: 503, title: 'The booking queue is full' },
  queue_unavailable: { status: 503, title: 'The booking queue is unavailable' },
  database_unavailable: { status: 503, title: 'The database is unavailable' },
  catalog_unavailable: { status: 503, title: 'The catalog is unavailable' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problemCatalogue;
const problemCodes = Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]];

/** An error body, `application/problem+json` (RFC 9457). */
export const Problem = z
  .object({
    type: z.string().describe('URN of the kind of problem, which ends in its code'),
    code: z.enum(problemCodes).describe('the kind of problem: stable, so switch on it'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe('what happened and what to do about it, in plain words'),
    instance: z.string().optional().describe('the id of the request, as in the logs'),
    errors: z.record(z.string(), z.array(z.string())).optional().describe('what is wrong, by field'),
    seats: z
      .array(z.string())
      .optional()
      .describe('the seats concerned: those already taken, or the one that would be left free'),
    job_id: z.string().optional().describe('the job that this is about, or that may have been accepted nevertheless'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });
export type Problem = z.infer<typeof Problem>;

export type ProblemExtras = Partial<Pick<Problem, 'errors' | 'seats' | 'job_id'>>;

/** Builds the body for one kind of problem. */
export function problem(code: ProblemCode, detail?: string, extras: ProblemExtras = {}): Problem {
  const { status, title } = problemCatalogue[code];
  return { type: `urn:boxoffice:problem:${code}`, code, title, status, detail: detail ?? `${title}.`, ...extras };
}

/** Thrown by routes and use cases; the error handler turns it into a problem body. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: Problem;
  /** How long to wait before a retry, in seconds; sent as Retry-After. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ProblemCode,
    detail?: string,
    options: ProblemExtras & { retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    const { retryAfterSeconds, cause, ...extras } = options;
    super(detail ?? problemCatalogue[code].title, { cause });
    this.problem = problem(code, detail, extras);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
