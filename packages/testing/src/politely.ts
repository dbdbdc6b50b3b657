import type { Answer } from './boxoffice.ts';
import { eventually } from './eventually.ts';

/**
 * Repeats a request while the response is transient (503, or 409 idempotency_in_progress), as it may be on an
 * overloaded machine. The request must be safe to repeat.
 */
export function politely(send: () => Promise<Answer>): Promise<Answer> {
  const isTransient = ({ status, body }: Answer) => status === 503 || body.code === 'idempotency_in_progress';
  return eventually(
    async () => {
      const response = await send();
      return isTransient(response) ? null : response;
    },
    { timeoutMs: 20_000, intervalMs: 500 },
  );
}
