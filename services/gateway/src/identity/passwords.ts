import { randomBytes } from 'node:crypto';
import { hash, type Options, verify } from '@node-rs/argon2';
import type { Lane } from '../http/client-address.ts';
import { FairQueue } from './fair-queue.ts';

/** Argon2id with 19 MiB, two passes, one lane: OWASP's Password Storage Cheat Sheet. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options;

/**
 * How much is hashed at a time. Each hash takes 19 MiB and a core for about 20 ms, and one of the four threads of
 * libuv's pool: one thread is left for files and name look-ups. The wait ends soon enough for a refusal to arrive
 * within the 1.5 seconds that are promised under overload.
 */
const limits = { running: 3, runningPerNetwork: 2, waiting: 256, waitingPerAddress: 64, waitMs: 1_200 };

/** The lane in which passwords that administrators choose are hashed. */
export const administratorsLane: Lane = { network: 'administrators', address: 'administrators' };

/**
 * Hashes passwords, a bounded number at a time: a rush of logins takes neither all memory nor all cores. Clients
 * take turns by lane: their network, and their address in it.
 */
export class PasswordHasher {
  readonly #queue = new FairQueue(limits);

  /**
   * Hashes a password with a new salt.
   *
   * @param lane whose turn it takes
   * @returns a PHC string, which contains its parameters
   * @throws {ProblemError} too_many_requests when too many are waiting already, or the turn did not come in time
   */
  hash(password: string, lane: Lane): Promise<string> {
    return this.inTurn(lane, () => hashNow(password));
  }

  /**
   * Runs work that hashes when it is this lane's turn.
   *
   * @throws {ProblemError} too_many_requests when too many are waiting already, or the turn did not come in time
   */
  inTurn<Result>(lane: Lane, work: () => Promise<Result>): Promise<Result> {
    return this.#queue.run(lane, work);
  }
}

/** Hashes a password with a new salt: call it within `PasswordHasher.inTurn`. */
export function hashNow(password: string): Promise<string> {
  return hash(password, cost);
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
