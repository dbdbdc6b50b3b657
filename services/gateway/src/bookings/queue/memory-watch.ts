import type { HealthWarning } from '@boxoffice/shared/service/health';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import { infoOfMasters } from '@boxoffice/shared/service/redis-masters';
import { Gauge, type Registry } from 'prom-client';

/** How often Redis' memory usage is read, in milliseconds. */
const pollEveryMs = 1_000;
/** The share of Redis' memory limit beyond which new requests are refused. */
const fullAt = 0.8;

/**
 * Knows when Redis' memory is nearly full. At its limit Redis refuses all writes, even taking a job out of a queue. So new
 * requests are refused before that, and everything accepted can still be decided.
 */
export class MemoryWatch {
  readonly #redis: RedisClient;
  readonly #timer: NodeJS.Timeout;
  /** The share of its memory limit that is in use; 0 without a limit. */
  #used = 0;

  constructor(redis: RedisClient, metrics: Registry) {
    this.#redis = redis;
    const used = () => this.#used;
    new Gauge({
      name: 'booking_redis_memory_ratio',
      help: "Share of Redis' memory limit that is in use, 0 to 1; 0 without a limit",
      registers: [metrics],
      collect() {
        this.set(used());
      },
    });
    this.#timer = setInterval(() => void this.#poll().catch(() => undefined), pollEveryMs).unref();
  }

  get isFull(): boolean {
    return this.#used >= fullAt;
  }

  /** For the readiness probe: a warning, because everything but new requests still works. */
  async check(): Promise<HealthWarning | null> {
    return this.isFull ? { warning: 'its memory is nearly full: no new requests are accepted' } : null;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #poll(): Promise<void> {
    // A cluster is as full as its fullest master: any partition may be there.
    this.#used = Math.max(0, ...(await infoOfMasters(this.#redis, 'memory')).map(usedOf));
  }
}

function usedOf(info: string): number {
  const bytes = (field: string) => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const limit = bytes('maxmemory');
  return limit > 0 ? bytes('used_memory') / limit : 0;
}
