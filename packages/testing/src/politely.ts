import type { Answer } from './boxoffice.ts';
import { eventually } from './eventually.ts';

/**
 * Asks again while the answer is that this is not the moment (503, or 409 idempotency_in_progress), as a
 * machine with more to do than it can gives now and then. What is asked must be safe to ask again.
 */
export function politely(ask: () => Promise<Answer>): Promise<Answer> {
  const notNow = ({ status, body }: Answer) => status === 503 || body.code === 'idempotency_in_progress';
  return eventually(
    async () => {
      const answer = await ask();
      return notNow(answer) ? null : answer;
    },
    { timeoutMs: 20_000, intervalMs: 500 },
  );
}
