import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { hash, type Options, verify } from '@node-rs/argon2';

/** Argon2id with 19 MiB, two passes, one lane: OWASP's Password Storage Cheat Sheet. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options;

/**
 * Concurrent hashes per process. Each takes 19 MiB and a core for about 20 ms, and one of the four threads
 * of libuv's pool: one thread is left for files and name look-ups.
 */
const concurrencyLimit = Math.min(3, Math.max(2, availableParallelism() - 1));

/** How many hashes may wait for a slot, and for how long; beyond either a request is turned away. */
const waitingLimit = 256;
const longestWaitMs = 5_000;

/** Hashes passwords, a bounded number at a time: a rush of logins takes neither all memory nor all cores. */
export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * Hashes a password with a new salt.
   *
   * @returns a PHC string, which contains its parameters
   * @throws {ProblemError} too_many_requests when too many are waiting already
   */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, cost));
  }

  /**
   * Runs work that hashes as soon as there is a slot.
   *
   * @throws {ProblemError} too_many_requests when too many are waiting already, or the slot came too late
   */
  async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#takeSlot();
    try {
      return await work();
    } finally {
      this.#releaseSlot();
    }
  }

  async #takeSlot(): Promise<void> {
    if (this.#running < concurrencyLimit) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= waitingLimit) throw tooMany();
    const since = performance.now();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (performance.now() - since < longestWaitMs) return;
    // Hashing is slow at the moment. Everyone behind has waited as long, and is turned away now.
    this.#releaseSlot();
    throw tooMany();
  }

  /** Hands the slot to the request that has waited longest, so `#running` stays the same. */
  #releaseSlot(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running -= 1;
  }
}

function tooMany(): ProblemError {
  const detail = 'Too many people are signing in right now. Try again in a few seconds.';
  return new ProblemError('too_many_requests', detail, { retryAfterSeconds: 3 });
}

/** A dummy hash: as costly to verify as a real one, and never matches. */
const dummyHash = (() => {
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${random(16)}$${random(32)}`;
})();

/**
 * Whether the password matches the hash. With null, for a user who does not exist, it returns false after
 * the same time. Costs as much as hashing: call it within `PasswordHasher.inTurn`.
 */
export function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  return verify(passwordHash ?? dummyHash, password);
}
