/** The server's time: deadlines are the server's, and local clocks are often wrong. */
export interface ServerClock {
  /** Milliseconds since 1970, correct to about a second. The local time until the server has responded. */
  now(): number;
  /** Sets the clock by a response that has just arrived. */
  observe(response: Response): void;
}

/** `Date` has no fraction of a second: half a second on average has passed since. */
const meanFractionMs = 500;

export function createServerClock(): ServerClock {
  let aheadMs = 0;
  return {
    now: () => Date.now() + aheadMs,
    observe({ headers }) {
      // Missing in responses from other origins: browsers hide the header.
      const date = Date.parse(headers.get('date') ?? '');
      // A cached response has the date at which it was stored.
      const mayBeOld = headers.get('cache-control')?.includes('max-age') ?? false;
      if (!mayBeOld && !Number.isNaN(date)) aheadMs = date + meanFractionMs - Date.now();
    },
  };
}
