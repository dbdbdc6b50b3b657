import { NoAnswerError, ProblemError } from './errors.ts';

export interface Patience {
  /** How long to keep retrying, in milliseconds; 60 s by default, Infinity for no limit. */
  patienceMs?: number;
  /** Called with the reason before each retry. */
  onRetry?: (reason: ProblemError | NoAnswerError) => void;
  signal?: AbortSignal;
}

/** The delay before a retry when the server names none, in milliseconds. */
const defaultDelayMs = 1_000;

/** Statuses of a gateway, or of a proxy in front of it, that are worth a retry. */
const transientStatuses = [429, 502, 503, 504];

/**
 * Repeats `work` while it fails with a transient problem or without a response, after the delay that
 * `Retry-After` names each time. `work` must be safe to repeat.
 *
 * @throws what the last attempt threw, when it is not transient or `patienceMs` has run out
 */
export async function patiently<Result>(work: () => Promise<Result>, options: Patience = {}): Promise<Result> {
  const { patienceMs = 60_000, onRetry, signal } = options;
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error)) throw error;
      const waitMs = retryDelayMs(error instanceof ProblemError ? error.retryAfterMs : null);
      if (performance.now() + waitMs > deadline) throw error;
      onRetry?.(error);
      await pause(waitMs, signal);
    }
  }
}

/** Whether a retry may succeed. */
export function isTransient(error: unknown): error is ProblemError | NoAnswerError {
  if (!(error instanceof ProblemError)) return error instanceof NoAnswerError;
  return transientStatuses.includes(error.status) || error.code === 'idempotency_in_progress';
}

/** The delay that was asked for plus up to a fifth, so that clients do not all return at the same moment. */
export function retryDelayMs(requestedMs: number | null): number {
  return (requestedMs ?? defaultDelayMs) * (1 + Math.random() / 5);
}

/** @throws the signal's reason as soon as it is aborted */
export function pause(waitMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, waitMs);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
