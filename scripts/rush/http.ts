import { setTimeout as delay } from 'node:timers/promises';
import type { Problem } from '@boxoffice/shared/contracts/problems';

/** What the gateway answered; a body that is no JSON is null. */
export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export interface Call {
  body?: object;
  token?: string;
  headers?: Record<string, string>;
}

/** One answer may take this long, in milliseconds: more than the longest `Prefer: wait`. */
const answerTimeoutMs = 35_000;

/** Sends one request: a POST when it has a body. Rejects when there is no answer. */
export async function ask<Body>(url: string, { body, token, headers }: Call = {}): Promise<Answer<Body>> {
  try {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson(response) ? JSON.parse(text) : null) as Body,
    };
  } catch (error) {
    // fetch says "fetch failed"; why is in its cause.
    const cause = (error as Error).cause;
    throw cause instanceof Error
      ? new Error(cause.message || (cause as { code?: string }).code, { cause: error })
      : error;
  }
}

function isJson(response: Response): boolean {
  return /\bjson\b/.test(response.headers.get('content-type') ?? '');
}

/**
 * Asks until there is an answer that is not 429 or 503, as long after each as `Retry-After` says. What
 * is sent must be safe to send again.
 *
 * @param deadline until when to try again, on the clock of `performance.now()`
 * @param onRetry told each time
 * @returns the last answer, also when it is 429 or 503 still
 * @throws when there was no answer at all
 */
export async function askPolitely<Body>(
  url: string,
  call: Call,
  { deadline, onRetry = () => {} }: { deadline: number; onRetry?: () => void },
): Promise<Answer<Body | Problem>> {
  for (;;) {
    let answer: Answer<Body | Problem> | undefined;
    let failure: unknown;
    try {
      answer = await ask<Body | Problem>(url, call);
      if (answer.status !== 429 && answer.status !== 503) return answer;
    } catch (error) {
      failure = error;
    }
    const waitMs = retryAfterMs(answer?.headers);
    if (performance.now() + waitMs > deadline) {
      if (answer) return answer;
      throw failure;
    }
    onRetry();
    await delay(waitMs);
  }
}

/** What `Retry-After` says, in milliseconds, up to a fifth more so that not all come back at once; 1 s when it says nothing. */
export function retryAfterMs(headers?: Headers): number {
  const seconds = Number(headers?.get('retry-after') ?? 1);
  return (Number.isFinite(seconds) && seconds >= 0 ? seconds : 1) * 1_000 * (1 + Math.random() / 5);
}
