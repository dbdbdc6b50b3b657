/** A rush on one show, made through the public interface and checked against the database. */
import { randomBytes } from 'node:crypto';
import { randomFrom } from '../random.ts';
import { type Ending, type HoldPlan, requestSeat } from './attempt.ts';
import { signUpBuyers } from './buyers.ts';
import { waitForHolds } from './holds.ts';
import { type LatenciesMs, latenciesMs } from './latencies.ts';
import type { OnProgress } from './progress.ts';
import { findTargets } from './targets.ts';
import { checkDatabase, isClean, readVerdict, type Verdict } from './verdict.ts';

export interface RushOptions {
  /** Base URL of the gateway. */
  url: string;
  /** The database behind the gateway, for the verdict. */
  databaseUrl: string;
  show: number;
  buyers: number;
  /** How many seats the buyers aim at, counted from the first; all by default. */
  seats?: number | undefined;
  /** Determines which buyer wants which seat. */
  seed: number;
  /** Percentage of buyers who take the 202 and poll; the others send `Prefer: wait`. */
  pollingPercent?: number;
  /** Percentage of buyers who hold their seat first, 0 by default. */
  holdingPercent?: number;
  /** Percentage of those who never confirm. */
  abandoningPercent?: number;
  /** How long the others think before they confirm, at most, in seconds. */
  thinkingSeconds?: number;
  onProgress?: OnProgress;
}

export interface RushReport {
  show: number;
  buyers: number;
  /** Free seats that at least one buyer wanted: each of them must end up booked. */
  seatsWanted: number;
  seed: number;
  /** Number of requests by outcome: `booked`, `expired`, or the code of the problem. */
  outcomes: Record<string, number>;
  /** Time from sending the request to learning the outcome; for `accepted`, to the 202 of the buyers who poll. */
  latencyMs: Record<'all' | 'waited' | 'polled' | 'accepted', LatenciesMs | null>;
  /** From the first request to the last outcome. */
  durationMs: number;
  bookingsPerSecond: number;
  outcomesPerSecond: number;
  /** How often buyers retried, after a 429, a 503 or a broken connection. */
  retries: number;
  verdict: Verdict;
  clean: boolean;
}

/**
 * Signs up buyers, lets all of them book random seats of the show together, and reads the verdict.
 *
 * @throws {PlainError} when it cannot run: no server, no such show, no free seat, the wrong database
 */
export async function rush(options: RushOptions): Promise<RushReport> {
  const { url, databaseUrl, show, seed, pollingPercent = 50, onProgress = () => {} } = options;
  const targets = await findTargets(options);
  await checkDatabase(databaseUrl, show, []);
  const run = randomBytes(4).toString('hex');
  const buyers = await signUpBuyers({ url, count: options.buyers, run, onProgress });
  await checkDatabase(databaseUrl, show, buyers);
  const random = randomFrom(seed);
  const seats = buyers.map(() => targets[Math.floor(random() * targets.length)]?.label ?? '');
  const plans = buyers.map((buyer, index) => ({
    buyer,
    seat: seats[index] ?? '',
    // Spreads the polling buyers evenly: at 50 %, every second one polls.
    polls: Math.floor(((index + 1) * pollingPercent) / 100) > Math.floor((index * pollingPercent) / 100),
    holds: drawHold(random, options),
  }));

  let done = 0;
  const startedAt = performance.now();
  const results = await Promise.all(
    plans.map(async (plan) => {
      const result = await requestSeat({ show, run, ...plan });
      onProgress('booking', ++done, plans.length);
      return { ...plan, ...result };
    }),
  );
  const durationMs = performance.now() - startedAt;

  const free = new Set(targets.filter((seat) => seat.free).map((seat) => seat.label));
  if (plans.some(({ holds }) => holds)) await waitForHolds(databaseUrl, show, buyers, onProgress);
  const verdict = await readVerdict(databaseUrl, { show, results });
  const outcomes = countBy(results.map(({ ending }) => outcomeOf(ending)));
  const decided = results.filter(
    ({ ending: { kind } }) => kind === 'booked' || kind === 'expired' || kind === 'rejected',
  );
  const timesOf = (some: typeof decided) => latenciesMs(some.map((result) => result.outcomeMs));
  return {
    show,
    buyers: buyers.length,
    seatsWanted: new Set(plans.map((plan) => plan.seat).filter((seat) => free.has(seat))).size,
    seed,
    outcomes,
    latencyMs: {
      all: timesOf(decided),
      waited: timesOf(decided.filter((result) => !result.polls)),
      polled: timesOf(decided.filter((result) => result.polls)),
      accepted: latenciesMs(results.flatMap((result) => (result.polls ? (result.acceptedMs ?? []) : []))),
    },
    durationMs,
    bookingsPerSecond: ((outcomes.booked ?? 0) / durationMs) * 1_000,
    outcomesPerSecond: (decided.length / durationMs) * 1_000,
    retries: results.reduce((sum, result) => sum + result.retries, 0),
    verdict,
    clean: isClean(verdict),
  };
}

/** Whether a buyer holds their seat first, and what they do with the hold. */
function drawHold(
  random: () => number,
  { holdingPercent = 0, abandoningPercent = 0, thinkingSeconds = 0 }: RushOptions,
): HoldPlan | null {
  if (random() * 100 >= holdingPercent) return null;
  return { confirms: random() * 100 >= abandoningPercent, thinkMs: random() * thinkingSeconds * 1_000 };
}

const outcomeOf = (ending: Ending): string => (ending.kind === 'rejected' ? ending.code : ending.kind);

function countBy(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
