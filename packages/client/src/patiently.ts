import { NoAnswerError, ProblemError } from './errors.ts';

export interface Patience {
  /** How long to go on trying, in milliseconds: 60 s unless given; Infinity for ever. */
  patienceMs?: number;
  /** Told why each time that it has to try again. */
  onRetry?: (reason: ProblemError | NoAnswerError) => void;
  signal?: AbortSignal;
}

/** When to try again where nobody said, in milliseconds. */
const defaultPauseMs = 1_000;

/** Of the answers by a gateway, or by a proxy before it, those that say "not now". */
const notNow = [429, 502, 503, 504];

/**
 * Does what is safe to be done again, and again while the answer is "not now" or there is none: as long
 * after each time as `Retry-After` says.
 *
 * @throws what the last time threw, when it is none of these or the patience is at its end
 */
export async function patiently<Result>(work: () => Promise<Result>, options: Patience = {}): Promise<Result> {
  const { patienceMs = 60_000, onRetry, signal } = options;
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isPassing(error)) throw error;
      const waitMs = politePauseMs(error instanceof ProblemError ? error.retryAfterMs : null);
      if (performance.now() + waitMs > deadline) throw error;
      onRetry?.(error);
      await pause(waitMs, signal);
    }
  }
}

/** Whether it is worth trying again. */
export function isPassing(error: unknown): error is ProblemError | NoAnswerError {
  if (!(error instanceof ProblemError)) return error instanceof NoAnswerError;
  return notNow.includes(error.status) || error.code === 'idempotency_in_progress';
}

/** As long as was asked for, and up to a fifth more so that not all come back at once. */
export function politePauseMs(askedForMs: number | null): number {
  return (askedForMs ?? defaultPauseMs) * (1 + Math.random() / 5);
}

/** @throws the signal's reason, as soon as it is aborted */
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
