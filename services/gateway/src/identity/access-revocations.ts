import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Logger } from '@boxoffice/shared/service/logging';
import { subscribe } from '@boxoffice/shared/service/pub-sub';
import type { Redis } from 'ioredis';
import type { Revocation, Revocations } from './revocations.ts';

const channel = 'boxoffice:access-revocations';
/** How often a gateway reads what it may not have been told, in milliseconds. */
const rereadEveryMs = 5_000;
/** How soon it tries again as long as it has read nothing at all, in milliseconds. */
const firstReadRetryMs = 250;
/** A revocation is remembered for longer than the access tokens live that it ends (15 minutes), in milliseconds. */
const rememberedMs = 20 * 60_000;

/**
 * Which access tokens have ended before their time. Tokens are believed without a look in the database,
 * so every gateway keeps the few revocations of the last minutes in memory: read at the start, when
 * Redis' pub/sub tells that there is another, and every 5 seconds, for messages that were lost. What
 * counts is what the database says; a message only says to look. So a revocation counts at once in the
 * gateway that makes it, after a message and a look in the others, and within 5 seconds when Redis is
 * away. A gateway that has not read them yet believes nobody.
 */
export class AccessRevocations {
  readonly #revocations: Revocations;
  readonly #redis: Redis;
  readonly #logger: Logger;
  readonly #known = new Map<number, { generation: number; untilMs: number }>();
  #loaded = false;
  #closed = false;
  #isReading = false;
  /** Told since the reading that is under way began. */
  #isTold = false;
  #next: NodeJS.Timeout | undefined;

  /**
   * @param parts.redis never waits (openImpatientRedis)
   * @param parts.subscriber a connection for subscriptions; it may have others
   */
  constructor(parts: { revocations: Revocations; redis: Redis; subscriber: Redis; logger: Logger }) {
    this.#revocations = parts.revocations;
    this.#redis = parts.redis;
    this.#logger = parts.logger;
    subscribe(parts, [channel], {
      onMessage: () => {
        this.#isTold = true;
        if (!this.#isReading) void this.#readOn();
      },
    });
    void this.#readOn();
  }

  /**
   * Whether an access token of this user and generation has ended.
   *
   * @throws {ProblemError} database_unavailable before the revocations were read for the first time
   */
  isRevoked(userId: number, generation: number): boolean {
    if (!this.#loaded) {
      throw new ProblemError('database_unavailable', 'Access tokens cannot be checked yet. Try again in a moment.', {
        retryAfterSeconds: 1,
      });
    }
    const known = this.#known.get(userId);
    return known !== undefined && generation < known.generation;
  }

  /** Makes a revocation that was committed count here, and tells the other gateways. */
  async announce(revocation: Revocation): Promise<void> {
    this.#remember(revocation);
    try {
      await this.#redis.publish(channel, 'look');
    } catch (error) {
      this.#logger.warn({ reason: (error as Error).message }, 'other gateways learn of a revocation in seconds only');
    }
  }

  /** For the readiness probe. */
  async check(): Promise<void> {
    if (!this.#loaded) throw new Error('the revocations are not read yet');
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#next);
  }

  async #readOn(): Promise<void> {
    clearTimeout(this.#next);
    this.#isReading = true;
    do {
      this.#isTold = false;
      await this.#read();
    } while (this.#isTold && !this.#closed);
    this.#isReading = false;
    this.#forgetOld();
    if (this.#closed) return;
    this.#next = setTimeout(() => void this.#readOn(), this.#loaded ? rereadEveryMs : firstReadRetryMs).unref();
  }

  async #read(): Promise<void> {
    try {
      for (const revocation of await this.#revocations.listSince(rememberedMs)) this.#remember(revocation);
      this.#loaded = true;
    } catch (error) {
      this.#logger.warn({ reason: (error as Error).message }, 'cannot read the revocations');
    }
  }

  #remember({ userId, generation }: Revocation): void {
    const known = this.#known.get(userId);
    if (known && known.generation >= generation) return;
    this.#known.set(userId, { generation, untilMs: Date.now() + rememberedMs });
  }

  #forgetOld(): void {
    const now = Date.now();
    for (const [userId, { untilMs }] of this.#known) if (untilMs < now) this.#known.delete(userId);
  }
}
