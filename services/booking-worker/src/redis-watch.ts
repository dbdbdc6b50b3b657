import type { Redis } from 'ioredis';

/** How often Redis is pinged, in milliseconds. */
const pingEveryMs = 1_000;
/** A connection on which this many pings in a row had no response is dropped: TCP may take minutes to notice that its peer is gone. */
const dropAfterPings = 2;
/** Redis is unreachable when this many pings in a row had no response. */
const unreachableAfterPings = 5;

/**
 * Watches whether Redis responds, by a deadline of our own. It counts pings, not time, so that a process that
 * wakes up after a freeze finds out how Redis is before it concludes anything.
 */
export class RedisWatch {
  readonly #redis: Redis;
  readonly #handler: { unreachable(): void; reachable(): void };
  #timer: NodeJS.Timeout | undefined;
  #inFlight = false;
  #unanswered = 0;

  constructor(redis: Redis, handler: { unreachable(): void; reachable(): void }) {
    this.#redis = redis;
    this.#handler = handler;
  }

  start(): void {
    this.#timer = setInterval(() => this.#ping(), pingEveryMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #ping(): void {
    if (this.#inFlight) {
      this.#unanswered++;
      if (this.#unanswered % dropAfterPings === 0) this.#redis.disconnect(true);
      if (this.#unanswered === unreachableAfterPings) this.#handler.unreachable();
      return;
    }
    this.#inFlight = true;
    // The connection is patient: this one is sent again, on the next connection, until it is answered.
    this.#redis.ping().then(
      () => this.#answered(),
      () => {
        this.#inFlight = false;
      },
    );
  }

  #answered(): void {
    const wasUnreachable = this.#unanswered >= unreachableAfterPings;
    this.#inFlight = false;
    this.#unanswered = 0;
    if (wasUnreachable) this.#handler.reachable();
  }
}
