import type { Problem } from './schema.ts';

/** A problem response (RFC 9457): switch on `code`, show `message`. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: Problem;
  readonly code: Problem['code'];
  readonly status: number;
  /** Validation messages by field. */
  readonly errors: Record<string, string[]>;
  /** Delay before a retry, in milliseconds; null when the response names none. */
  readonly retryAfterMs: number | null;

  constructor(problem: Problem, retryAfterMs: number | null = null) {
    super(problem.detail);
    this.problem = problem;
    this.code = problem.code;
    this.status = problem.status;
    this.errors = problem.errors ?? {};
    this.retryAfterMs = retryAfterMs;
  }
}

/** There was no response, or no readable one: the request may or may not have taken effect. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';

  constructor(cause: unknown) {
    // In Node.js, fetch rejects with "fetch failed"; the reason is its cause.
    const { message, code } = ((cause as Error).cause ?? cause) as { message?: string; code?: unknown };
    super(message || String(code), { cause });
  }
}

/** The error for an unsuccessful response. One that carries no problem, such as a proxy's, counts as a fault. */
export function problemErrorOf({ status, headers }: Response, body: unknown): ProblemError {
  const known = typeof body === 'object' && body !== null && 'code' in body;
  const problem = known ? (body as Problem) : fault(status, `The server responded with ${status} and gave no reason.`);
  return new ProblemError(problem, retryAfterMs(headers));
}

/** Stands in for the problem that the server should have sent. */
export function fault(status: number, detail: string): Problem {
  return { type: 'about:blank', code: 'internal_error', title: 'Something went wrong', status, detail };
}

/** The delay in `Retry-After`, in milliseconds; null when there is none. */
export function retryAfterMs(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 ? seconds * 1_000 : null;
}
