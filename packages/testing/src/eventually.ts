import { setTimeout as delay } from 'node:timers/promises';

/**
 * Repeats `probe` until it neither throws nor returns false, null or undefined, and returns its result.
 *
 * @throws what `probe` threw last, or a timeout, after `timeoutMs` (10 s by default)
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const found = await probe();
      if (found !== false && found !== null && found !== undefined) return found as NonNullable<Exclude<T, false>>;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) throw failure ?? new Error(`Waited ${timeoutMs} ms for: ${probe.toString()}`);
    await delay(intervalMs);
  }
}
