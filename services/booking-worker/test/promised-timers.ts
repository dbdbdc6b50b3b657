/** Takes the place of `node:timers/promises` where Vitest's fake clock is to move its timers too. */
const onGlobalClock = (ms: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms, value);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
    if (signal?.aborted) reject(signal.reason);
  });

export { onGlobalClock as setTimeout };
