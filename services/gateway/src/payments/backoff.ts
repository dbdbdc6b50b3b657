const firstMs = 1_000;
const longestMs = 60 * 60_000;

/** How long to wait after so many failed attempts, in milliseconds: twice as long each time, up to an hour. */
export function backoffMs(tries: number): number {
  const ms = Math.min(firstMs * 2 ** Math.min(tries, 20), longestMs);
  return Math.round(ms * (0.75 + Math.random() / 2));
}
