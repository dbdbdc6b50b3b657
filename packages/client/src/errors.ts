import type { Problem } from './schema.ts';

/** An answer that is a problem (RFC 9457): switch on `code`, show `message`. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: Problem;
  readonly code: Problem['code'];
  readonly status: number;
  /** What is wrong with the request, by field. */
  readonly errors: Record<string, string[]>;
  /** When to try again, in milliseconds; null when the answer does not say. */
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

/** No answer came, or none that could be read: whether the request was heeded is not known. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';

  constructor(cause: unknown) {
    // fetch of Node.js says "fetch failed"; why is in its cause.
    const { message, code } = ((cause as Error).cause ?? cause) as { message?: string; code?: unknown };
    super(message || String(code), { cause });
  }
}

/** What an answer that is not a success says; one without a problem in it (a proxy's) counts as a fault. */
export function problemErrorOf({ status, headers }: Response, body: unknown): ProblemError {
  const known = typeof body === 'object' && body !== null && 'code' in body;
  const problem = known ? (body as Problem) : fault(status, `The server answered ${status} and did not say why.`);
  return new ProblemError(problem, retryAfterMs(headers));
}

/** A problem for where the server should have given one. */
export function fault(status: number, detail: string): Problem {
  return { type: 'about:blank', code: 'internal_error', title: 'Something went wrong', status, detail };
}

/** What `Retry-After` says, in milliseconds; null when it says nothing. */
export function retryAfterMs(headers: Headers): number | null {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return seconds >= 0 ? seconds * 1_000 : null;
}
