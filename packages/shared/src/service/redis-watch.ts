import type { RedisClient } from './redis.ts';
import { pingMasters } from './redis-masters.ts';

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
  readonly #redis: RedisClient;
  readonly #handler: { unreachable(): void; reachable(): void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #inFlight = false;
  #unanswered = 0;

  constructor(redis: RedisClient, handler?: { unreachable(): void; reachable(): void }) {
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
      if (this.#unanswered === unreachableAfterPings) this.#handler?.unreachable();
      return;
    }
    this.#inFlight = true;
    // The connection is patient: this one is sent again, on the next connection, until it is answered. On a cluster it fails
    // with the connection to a master. That proves nothing: a master that is dead has a successor soon.
    pingMasters(this.#redis).then(
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
    if (wasUnreachable) this.#handler?.reachable();
  }
}
