/** What is asked of the systems. Every request follows from its number, whichever generator sends it. */

export const workloadNames = ['hot', 'spread', 'stampede', 'churn', 'browse', 'flood', 'open', 'pgbench'] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** How a booking is answered: with its outcome (`Prefer: wait=10`), or with 202 at once. */
export type Mode = 'wait' | '202';

export type SystemName = 'boxoffice' | 'direct' | 'row lock';

/** The requests of one run. */
export type Plan =
  | {
      kind: 'book';
      mode: Mode;
      shows: number[];
      /** Seats from 1 to this one are gone, and 19 of 20 requests ask for one of them. */
      goneSeats: number;
    }
  /** Each seat is booked, cancelled by its owner, and booked by another. */
  | { kind: 'churn'; shows: number[] }
  | { kind: 'browse'; paths: string[] };

export interface Request {
  method: 'GET' | 'POST';
  path: string;
  /** Whose token, from 0; null: nobody's. */
  user: number | null;
  body: string | null;
  prefer: string | null;
}

/** Users with a token each. */
export const userCount = 5_000;
/** What a show of the benchmark has: more seats than are sold in a run. */
export const seatsPerShow = 999_999;
export const seatsPerRow = 100;
export const goneSeatCount = 100;
/** One request of so many of a stampede asks for a seat that is free. */
export const freshOneOf = 20;
export const spreadShowCount = 50;
export const floodRequests = 50_000;
/** Seconds that a waiting request is held open. */
export const waitSeconds = 10;

/** Request number `n`, from 0, of a plan; not for churn, where an answer says what comes next. */
export function requestAt(plan: Exclude<Plan, { kind: 'churn' }>, n: number): Request {
  if (plan.kind === 'browse') {
    return { method: 'GET', path: plan.paths[n % plan.paths.length] ?? '/', user: null, body: null, prefer: null };
  }
  const { shows, goneSeats, mode } = plan;
  const show = shows[n % shows.length] ?? 0;
  const seat =
    goneSeats === 0
      ? Math.floor(n / shows.length) + 1
      : n % freshOneOf === 0
        ? goneSeats + n / freshOneOf + 1
        : ((n * 7) % goneSeats) + 1;
  return bookRequest({ show, seat, user: n % userCount, prefer: mode === 'wait' ? `wait=${waitSeconds}` : null });
}

/** The request for one seat by its number. */
export function bookRequest(wish: { show: number; seat: number; user: number; prefer: string | null }): Request {
  return {
    method: 'POST',
    path: `/api/shows/${wish.show}/book/`,
    user: wish.user,
    body: `{"seat_number":${wish.seat}}`,
    prefer: wish.prefer,
  };
}

/** One line of the programme of a full run: a workload as it is asked of some systems. */
export interface Case {
  workload: Exclude<WorkloadName, 'flood' | 'open' | 'pgbench'>;
  mode: Mode;
  connections: number;
  systems: SystemName[];
}

const everyone: SystemName[] = ['boxoffice', 'direct', 'row lock'];
const unlocked: SystemName[] = ['boxoffice', 'direct'];
const alone: SystemName[] = ['boxoffice'];

const fullProgramme: [Case['workload'], Mode, number[], SystemName[]][] = [
  ['hot', 'wait', [1, 64, 256], everyone],
  ['hot', '202', [1, 64, 256], alone],
  ['spread', 'wait', [1, 64, 256], everyone],
  ['spread', '202', [64, 256], alone],
  ['stampede', 'wait', [64, 256], everyone],
  ['churn', 'wait', [64, 256], unlocked],
  ['browse', 'wait', [64, 256], alone],
];

/** What fits into two minutes and still touches every goal that can be. */
const quickProgramme: typeof fullProgramme = [
  ['hot', 'wait', [1], alone],
  ['hot', 'wait', [64], unlocked],
  ['hot', 'wait', [256], everyone],
  ['hot', '202', [64, 256], alone],
  ['spread', 'wait', [64, 256], unlocked],
  ['stampede', 'wait', [256], unlocked],
  ['churn', 'wait', [64], alone],
  ['browse', 'wait', [64], alone],
];

/**
 * The cases of a run.
 *
 * @param connections replaces the programme's numbers of connections
 */
export function casesOf({
  quick,
  only,
  connections,
}: {
  quick: boolean;
  only: readonly WorkloadName[];
  connections: readonly number[] | null;
}): Case[] {
  return (quick ? quickProgramme : fullProgramme)
    .filter(([workload]) => only.includes(workload))
    .filter(([workload, mode], index, all) => {
      // With other connections the lines of a workload that differ in them alone are one.
      return !connections || all.findIndex((line) => line[0] === workload && line[1] === mode) === index;
    })
    .flatMap(([workload, mode, usual, systems]) =>
      (connections ?? usual).map((number) => ({
        workload,
        mode,
        connections: number,
        systems: connections ? (workload === 'browse' || mode === '202' ? alone : everyone) : systems,
      })),
    );
}
