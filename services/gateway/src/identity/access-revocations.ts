import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Logger } from '@boxoffice/shared/service/logging';
import { subscribe } from '@boxoffice/shared/service/pub-sub';
import type { Redis } from 'ioredis';
import type { Revocation, Revocations } from './revocations.ts';

const channel = 'boxoffice:access-revocations';
/** How often a gateway reads all recent revocations, in case a message was lost, in milliseconds. */
const rereadEveryMs = 5_000;
/** How soon it retries until the first read has succeeded, in milliseconds. */
const firstReadRetryMs = 250;
/** Revocations are remembered for longer than access tokens live (15 minutes), in milliseconds. */
const rememberedMs = 20 * 60_000;

/**
 * Which access tokens were revoked before they expired. Tokens are trusted without a query to the database,
 * so every gateway keeps the few revocations of the last minutes in memory. It reads them at startup, when
 * a message on Redis' pub/sub announces another, and every 5 seconds in case a message was lost. The database
 * is the source of truth; messages only prompt a read. So a revocation takes effect immediately on the gateway
 * that makes it, after a message and a read on the others, and within 5 seconds while Redis is unavailable.
 * A gateway that has not read any revocations yet accepts no token.
 */
export class AccessRevocations {
  readonly #revocations: Revocations;
  readonly #redis: Redis;
  readonly #logger: Logger;
  readonly #known = new Map<number, { generation: number; untilMs: number }>();
  #loaded = false;
  #closed = false;
  #isReading = false;
  /** A message has arrived since the current read began. */
  #isOutdated = false;
  #next: NodeJS.Timeout | undefined;

  /**
   * @param options.redis never waits (openImpatientRedis)
   * @param options.subscriber a connection for subscriptions, which may be shared
   */
  constructor(options: { revocations: Revocations; redis: Redis; subscriber: Redis; logger: Logger }) {
    this.#revocations = options.revocations;
    this.#redis = options.redis;
    this.#logger = options.logger;
    subscribe(options, [channel], {
      onMessage: () => {
        this.#isOutdated = true;
        if (!this.#isReading) void this.#keepReading();
      },
    });
  }

  /** Begins to read the revocations. */
  start(): void {
    if (!this.#isReading) void this.#keepReading();
  }

  /**
   * Whether access tokens of this user and generation are revoked.
   *
   * @throws {ProblemError} database_unavailable until the revocations have been read for the first time
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

  /** Applies a committed revocation on this gateway and tells the others. */
  async announce(revocation: Revocation): Promise<void> {
    this.#remember(revocation);
    try {
      await this.#redis.publish(channel, 'changed');
    } catch (error) {
      this.#logger.warn(
        { reason: (error as Error).message },
        'other gateways will apply a revocation a few seconds late',
      );
    }
  }

  /** For the readiness probe: rejects until the revocations have been read. */
  async check(): Promise<void> {
    if (!this.#loaded) throw new Error('the revocations have not been read yet');
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#next);
  }

  async #keepReading(): Promise<void> {
    clearTimeout(this.#next);
    this.#isReading = true;
    do {
      this.#isOutdated = false;
      await this.#read();
    } while (this.#isOutdated && !this.#closed);
    this.#isReading = false;
    this.#forgetOld();
    if (this.#closed) return;
    this.#next = setTimeout(() => void this.#keepReading(), this.#loaded ? rereadEveryMs : firstReadRetryMs).unref();
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
