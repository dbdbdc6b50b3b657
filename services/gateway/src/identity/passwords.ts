import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { ProblemError } from '@boxoffice/shared/contracts/problems';
import { hash, type Options, verify } from '@node-rs/argon2';

/** Argon2id with 19 MiB, two passes, one lane: OWASP's Password Storage Cheat Sheet. */
const cost = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 } satisfies Options;

/**
 * Hashes under way at once in this process. Each takes 19 MiB and a core for some 20 ms, and a thread
 * of the pool of four that files and name look-ups need as well: one is left to them.
 */
const hashesAtOnce = Math.min(3, Math.max(2, availableParallelism() - 1));

/** Hashes that may wait for their turn, and for how long; past either a request is turned away. */
const hashesWaiting = 256;
const longestWaitMs = 5_000;

let underWay = 0;
const line: (() => void)[] = [];

/**
 * Runs what hashes when it is its turn, so that a rush of logins takes neither all memory nor all cores.
 *
 * @throws {ProblemError} too_many_requests when too many wait already, or its turn came too late
 */
export async function inHashingTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  await turn();
  try {
    return await work();
  } finally {
    passTurn();
  }
}

async function turn(): Promise<void> {
  if (underWay < hashesAtOnce) {
    underWay += 1;
    return;
  }
  if (line.length >= hashesWaiting) throw tooMany();
  const since = performance.now();
  await new Promise<void>((resolve) => line.push(resolve));
  if (performance.now() - since < longestWaitMs) return;
  // The turns before were slow. Those behind have waited as long: all of them hear it now.
  passTurn();
  throw tooMany();
}

/** Whoever waits longest takes the turn over, so that `underWay` stays as it is. */
function passTurn(): void {
  const next = line.shift();
  if (next) next();
  else underWay -= 1;
}

function tooMany(): ProblemError {
  const detail = 'Too many people are signing in at this moment. Try again in a few seconds.';
  return new ProblemError('too_many_requests', detail, { retryAfterSeconds: 3 });
}

/**
 * Hashes a password, with a salt of its own, when it is its turn.
 *
 * @returns a PHC string, which tells its own parameters
 * @throws {ProblemError} too_many_requests when too many wait already
 */
export function hashPassword(password: string): Promise<string> {
  return inHashingTurn(() => hash(password, cost));
}

/** What no password has, at the price of any: a hash that nobody made. */
const nobodysHash = (() => {
  const random = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');
  return `$argon2id$v=19$m=${cost.memoryCost},t=${cost.timeCost},p=${cost.parallelism}$${random(16)}$${random(32)}`;
})();

/**
 * Whether this is the password of that hash. Without a hash, for a user who does not exist, it takes as
 * long and says no. Costs as much as hashing: to be called in a hashing turn.
 */
export function isPassword(password: string, passwordHash: string | null): Promise<boolean> {
  return verify(passwordHash ?? nobodysHash, password);
}
