import { setTimeout as delay } from 'node:timers/promises';

/**
 * Tries again until `look` neither throws nor gives false, null or undefined, and gives what it gave.
 *
 * @throws what `look` threw last, or that nothing came, after `timeoutMs` (default 10 s)
 */
export async function eventually<T>(
  look: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const found = await look();
      if (found !== false && found !== null && found !== undefined) return found as NonNullable<Exclude<T, false>>;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > deadline) throw failure ?? new Error(`Waited ${timeoutMs} ms for: ${look.toString()}`);
    await delay(intervalMs);
  }
}
