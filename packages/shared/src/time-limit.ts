/**
 * The result of `work` if it comes in time. Work that is late continues, but nobody waits for it.
 *
 * @throws what `late` returns
 */
export function withinTime<T>(work: Promise<T>, limitMs: number, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    // After a busy moment timers come first: what has arrived meanwhile is read before we give up.
    const timer = setTimeout(() => setImmediate(() => reject(late())), Math.max(limitMs, 0));
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
