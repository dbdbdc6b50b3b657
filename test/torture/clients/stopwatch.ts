import type { Answer } from './http.ts';
import { now } from './now.ts';
import type { Lateness } from './timing.ts';

/** Promise 6: overload and outages are answered within this time, in milliseconds. */
const promisedMs = 1_500;
/** Allowance for the trip between two processes on one machine, in milliseconds. */
const wayMs = 150;

/** Whether a gateway could be expected to answer all through a stretch of time. */
export type Reachable = (gateway: number, from: number, to: number) => boolean;

/** Checks the time of each answer against promise 6. */
export class Stopwatch {
  readonly #lateness: Pick<Lateness, 'since'>;
  readonly #reachable: Reachable;
  /** The latest refusal, and the latest answer to a request that did not wait, in milliseconds. */
  worst = { refusalMs: 0, answerMs: 0 };

  constructor(lateness: Pick<Lateness, 'since'>, reachable: Reachable) {
    this.#lateness = lateness;
    this.#reachable = reachable;
  }

  /** Describes what is wrong with the timing of this answer; null when nothing is. */
  judge(call: {
    method: string;
    path: string;
    asked: number;
    gateway: number;
    answer: Answer | null;
    waitMs?: number;
    /** Whether it may be refused after it has waited. */
    mayRefuseLate?: boolean | undefined;
    patienceMs: number;
  }): string | null {
    const { method, path, asked, gateway, answer, waitMs = 0, mayRefuseLate = false, patienceMs } = call;
    const to = now();
    const tookMs = to - asked;
    const refused = answer?.status === 503 || answer?.status === 429;
    const limitMs = promisedMs + wayMs + (refused && !mayRefuseLate ? 0 : waitMs);
    const what = `${method} ${path.replace(/[0-9a-f-]{36}/, '…')}`;
    if (refused && answer.retryAfter === undefined) return `${what}: ${answer.status} without Retry-After`;
    // Cut off, or left early: nothing can be said about the time.
    if (!answer && tookMs < patienceMs) return null;
    const spentMs = tookMs - this.#lateness.since(asked, gateway);
    if (!this.#reachable(gateway, asked, to)) return null;
    if (refused && !mayRefuseLate) this.worst.refusalMs = Math.max(this.worst.refusalMs, spentMs);
    else if (waitMs === 0) this.worst.answerMs = Math.max(this.worst.answerMs, spentMs);
    if (spentMs <= limitMs) return null;
    const came = answer ? `${answer.status} ${answer.body.code ?? ''}`.trim() : 'no answer';
    return `${what} on gateway-${gateway + 1}: ${came} after ${Math.round(spentMs)} ms${waitMs ? ` (waits ${waitMs} ms)` : ''}`;
  }
}
