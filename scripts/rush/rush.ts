/** A rush on one show, through the public interface alone; what became of it, out of the database. */
import { randomBytes } from 'node:crypto';
import { createBoxoffice, ProblemError } from '@boxoffice/client';
import { PlainError } from '@boxoffice/local-servers/plain-error';
import { randomFrom } from '../random.ts';
import { type Ending, requestSeat } from './attempt.ts';
import { type Buyer, signUpBuyers } from './buyers.ts';
import { type LatenciesMs, latenciesMs } from './latencies.ts';
import { checkDatabase, isClean, readVerdict, type Verdict } from './verdict.ts';

export interface RushOptions {
  /** Where the gateway answers. */
  url: string;
  /** The database behind that gateway, for the verdict. */
  databaseUrl: string;
  show: number;
  buyers: number;
  /** Only the first so many seats of the show are aimed at; absent: all of them. */
  seats?: number | undefined;
  /** Which buyer wants which seat follows from it. */
  seed: number;
  /** How many of 100 buyers take the 202 and poll; the others ask to wait for the outcome. */
  pollingPercent?: number;
  /** Told about every step, as often as anything moves. */
  onProgress?: (phase: Phase, done: number, total: number) => void;
}

export type Phase = 'signing up' | 'logging in' | 'booking';

export interface RushReport {
  show: number;
  buyers: number;
  /** Seats that somebody wanted and that were free before: so many can be booked, and must be. */
  seatsWanted: number;
  seed: number;
  /** How many requests ended how, by kind: `booked`, or the code of the problem. */
  outcomes: Record<string, number>;
  /** From the first byte sent to the outcome known. `accepted`: to the 202 of those who poll. */
  latencyMs: Record<'all' | 'waited' | 'polled' | 'accepted', LatenciesMs | null>;
  /** From the start signal to the last outcome. */
  durationMs: number;
  bookingsPerSecond: number;
  outcomesPerSecond: number;
  /** Answers 429 and 503, and broken connections, after which a buyer tried again. */
  retries: number;
  verdict: Verdict;
  clean: boolean;
}

/**
 * Signs buyers up, lets them all go at once for random seats of the show, and reads the verdict.
 *
 * @throws {PlainError} when the rush cannot be: no server, no such show, no free seat, another database
 */
export async function rush(options: RushOptions): Promise<RushReport> {
  const { url, databaseUrl, show, seed, pollingPercent = 50, onProgress = () => {} } = options;
  const aimedAt = await seatsToAimAt(options);
  await checkDatabase(databaseUrl, show, []);
  const run = randomBytes(4).toString('hex');
  const buyers = await signUpBuyers({ url, count: options.buyers, run, onProgress });
  await checkDatabase(databaseUrl, show, buyers);
  const random = randomFrom(seed);
  const plans = buyers.map((buyer, place) => ({
    buyer,
    seat: aimedAt[Math.floor(random() * aimedAt.length)]?.label ?? '',
    // Spread evenly: place 0 polls from 1 % on, every second one at 50 %.
    polls: Math.floor(((place + 1) * pollingPercent) / 100) > Math.floor((place * pollingPercent) / 100),
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

  const free = new Set(aimedAt.filter((seat) => seat.free).map((seat) => seat.label));
  const verdict = await readVerdict(databaseUrl, { show, results });
  const outcomes = countBy(results.map(({ ending }) => kindOf(ending)));
  const decided = results.filter(({ ending }) => ending.kind === 'booked' || ending.kind === 'rejected');
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

/** One buyer's part in the rush, and how it ended for them. */
export interface RushResult {
  buyer: Buyer;
  seat: string;
  ending: Ending;
}

/** @throws {PlainError} saying what to do when there is nothing to rush for */
async function seatsToAimAt({ url, show, seats }: RushOptions): Promise<{ label: string; free: boolean }[]> {
  const boxoffice = createBoxoffice({ url });
  const path = { id: show };
  const map = await boxoffice.get('/api/shows/{id}/seats/', { params: { path } }).catch((error: Error) => {
    if (!(error instanceof ProblemError)) {
      throw new PlainError(
        `Nothing answers at ${url} (${error.message}): start Boxoffice with \`npx -y pnpm start\`, or name its address with --url.`,
      );
    }
    throw new PlainError(
      error.status === 404
        ? `There is no show ${show} at ${url}: look for one at ${url}/api/movies/, or load the samples with \`pnpm seed\`.`
        : `${url} does not say which seats show ${show} has: it answers ${error.status}. Try again in a moment.`,
    );
  });
  const { date_time } = await boxoffice.get('/api/shows/{id}/', { params: { path } });
  if (Date.parse(date_time) <= Date.now()) {
    throw new PlainError(`Show ${show} has started, so its seats are not sold any more: choose another with --show.`);
  }
  const aimedAt = map.seats
    .slice(0, seats)
    .map((seat) => ({ label: seat.seat_number, free: seat.status === 'available' }));
  if (!aimedAt.some((seat) => seat.free)) {
    throw new PlainError(
      aimedAt.length < map.total_seats
        ? `The first ${aimedAt.length} seats of show ${show} are all taken: aim at more of them with --seats, or at another show.`
        : `Show ${show} is full: choose another with --show, or make new ones with \`pnpm seed --large\`.`,
    );
  }
  return aimedAt;
}

const kindOf = (ending: Ending): string => (ending.kind === 'rejected' ? ending.code : ending.kind);

function countBy(kinds: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
