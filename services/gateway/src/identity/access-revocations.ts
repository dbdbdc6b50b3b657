import { ProblemError } from '@boxoffice/shared/contracts/problems';
import type { Logger } from '@boxoffice/shared/service/logging';
import { subscribe } from '@boxoffice/shared/service/pub-sub';
import type { RedisClient } from '@boxoffice/shared/service/redis';
import type { Redis } from 'ioredis';
import type { Revocation, Revocations } from './revocations.ts';

const channel = 'boxoffice:access-revocations';
/** How often a gateway reads all recent revocations, in case a message was lost, in milliseconds. */
const rereadEveryMs = 5_000;
/** How soon it retries until the first read has succeeded, in milliseconds. */
const firstReadRetryMs = 250;
/** Revocations are remembered for longer than access tokens live (15 minutes), in milliseconds. */
const rememberedMs = 20 * 60_000;
/** A read begins this long before the last one: a transaction may commit some time after it began, in milliseconds. */
const overlapMs = 60_000;

/**
 * Which access tokens were revoked before they expired: those of a user, or of one login. Tokens are trusted
 * without a query to the database, so every gateway keeps the revocations of the last minutes in memory. It reads
 * them at startup, and those that are new when a message on Redis' pub/sub announces another, and every 5 seconds
 * in case a message was lost. The database is the source of truth; messages only prompt a read. So a revocation
 * takes effect immediately on the gateway that makes it, after a message and a read on the others, and within
 * 5 seconds while Redis is unavailable. A gateway that has not read any revocations yet accepts no token.
 */
export class AccessRevocations {
  readonly #revocations: Revocations;
  readonly #redis: RedisClient;
  readonly #logger: Logger;
  readonly #users = new Map<number, { generation: number; untilMs: number }>();
  /** The families of logins that have ended, with the time until which each is remembered. */
  readonly #logins = new Map<string, number>();
  /** When the last successful read began, by `performance.now()`. */
  #readAtMs: number | undefined;
  #closed = false;
  #isReading = false;
  /** A message has arrived since the current read began. */
  #isOutdated = false;
  #next: NodeJS.Timeout | undefined;

  /**
   * @param options.redis never waits (openImpatientRedis)
   * @param options.subscriber a connection for subscriptions, which may be shared
   */
  constructor(options: { revocations: Revocations; redis: RedisClient; subscriber: Redis; logger: Logger }) {
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

  /** Begins to read the revocations. Resolves after the first attempt, whether it succeeded or not. */
  async start(): Promise<void> {
    if (!this.#isReading) await this.#keepReading();
  }

  /**
   * Whether access tokens of this user and generation are revoked, or those of this login.
   *
   * @param family identifies the login
   * @throws {ProblemError} database_unavailable until the revocations have been read for the first time
   */
  isRevoked(userId: number, generation: number, family?: string): boolean {
    if (this.#readAtMs === undefined) {
      throw new ProblemError('database_unavailable', 'Access tokens cannot be checked yet. Try again in a moment.', {
        retryAfterSeconds: 1,
      });
    }
    if (family !== undefined && this.#logins.has(family)) return true;
    const known = this.#users.get(userId);
    return known !== undefined && generation < known.generation;
  }

  /** Applies committed revocations on this gateway and tells the others. */
  async announce(...revocations: Revocation[]): Promise<void> {
    if (revocations.length === 0) return;
    for (const revocation of revocations) this.#remember(revocation);
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
    if (this.#readAtMs === undefined) throw new Error('the revocations have not been read yet');
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
    const waitMs = this.#readAtMs === undefined ? firstReadRetryMs : rereadEveryMs;
    this.#next = setTimeout(() => void this.#keepReading(), waitMs).unref();
  }

  async #read(): Promise<void> {
    const now = performance.now();
    const sinceMs = this.#readAtMs === undefined ? rememberedMs : now - this.#readAtMs + overlapMs;
    try {
      for (const revocation of await this.#revocations.listSince(Math.min(sinceMs, rememberedMs)))
        this.#remember(revocation);
      this.#readAtMs = now;
    } catch (error) {
      this.#logger.warn({ reason: (error as Error).message }, 'cannot read the revocations');
    }
  }

  #remember(revocation: Revocation): void {
    const untilMs = Date.now() + rememberedMs;
    if ('family' in revocation) {
      this.#logins.set(revocation.family, untilMs);
      return;
    }
    const { userId, generation } = revocation;
    const known = this.#users.get(userId);
    if (known && known.generation >= generation) return;
    this.#users.set(userId, { generation, untilMs });
  }

  #forgetOld(): void {
    const now = Date.now();
    for (const [userId, { untilMs }] of this.#users) if (untilMs < now) this.#users.delete(userId);
    for (const [family, untilMs] of this.#logins) if (untilMs < now) this.#logins.delete(family);
  }
}
